"""Rules for timers and contexts that come before what they stand beside, or come to nothing."""
