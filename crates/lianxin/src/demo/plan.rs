//! When which request comes in, and what becomes of it.
