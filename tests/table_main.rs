//! The tests of the table of kinds as a binary of their own.

mod table;
