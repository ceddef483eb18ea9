// How an expected failure is told at every seam: a code that the caller can act on, the place, and
// a sentence for the operator who reads it at night.
#pragma once

#include <string>

namespace sluice::record {

template <class Code>
struct Failure {
  Code code;
  // File:line, field, batch number, connection … where it happened; may be empty.
  std::string place;
  // What was found, what was expected, what to do. Never holds a field's value from a record.
  std::string sentence;
};

// A failure of one kind only, in a place that the caller knows: it makes its own Failure of it.
struct Flaw {
  std::string sentence;
};

template <class Code>
std::string to_string(const Failure<Code>& failure) {
  return failure.place.empty() ? failure.sentence : failure.place + ": " + failure.sentence;
}

}  // namespace sluice::record
