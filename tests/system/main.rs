//! Whole-system behaviour: real handlers over real adapters, driven as a person or a schedule drives them.

// Each helper adds its `mod` lines here.
mod fixtures;
mod bad_input;
mod inert;
mod privacy;
mod events;
mod architecture;

#[cfg(test)]
mod world;
#[cfg(test)]
mod binary;
#[cfg(test)]
mod app;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod contracts;
#[cfg(test)]
mod tamper;
