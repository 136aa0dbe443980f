//! An embedded AWS endpoint on loopback.
