//! Whole-system behaviour: real handlers over real adapters, driven as a person or a schedule drives them.

// Each helper adds its `mod` lines here.
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod inert;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod events;
#[cfg(test)]
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
mod afterwards;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod contracts;
#[cfg(test)]
mod tamper;
