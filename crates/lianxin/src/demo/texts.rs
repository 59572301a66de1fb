//! The words of made-up requests.
