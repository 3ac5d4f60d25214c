//! Whole-system behaviour: real handlers over real adapters, driven as a person or a schedule drives them.

// Each helper adds its `mod` lines here.
