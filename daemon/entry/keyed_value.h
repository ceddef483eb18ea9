// What is understood of one value that a person typed, or why it can not be taken.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/checks.h"
#include "record/rules.h"

namespace sluice::entry {

struct Understood {
  std::string canonical;  // as the field keeps it
  // For people, where it differs from that: `10,000,000.00`, or the name of a code.
  std::string shown;
  std::string currency;  // of a sum of money, ISO 4217
  friend bool operator==(const Understood&, const Understood&) = default;
};

struct KeyedValue {
  std::string column;
  std::string typed;
  std::optional<Understood> understood;  // nothing where it is no value
  // The canonical text of each field that it feeds, in the schema's order. Two keyings say the same
  // where these are equal.
  std::vector<std::optional<std::string>> normal;
  friend bool operator==(const KeyedValue&, const KeyedValue&) = default;
};

// `rule` and `sentence` as in record::Violation: the sentence never quotes the value.
struct KeyingError {
  std::string column;  // of the form's field to correct; empty where the form itself is at fault
  std::string field;   // the schema's, which may be fed by another column
  record::Rule rule;
  std::string sentence;
  // Where the field's check failed: by characters of what the mapping's steps made of the typed
  // text, which is the same text but for blanks, width and case.
  std::optional<record::CheckFault> fault = std::nullopt;
};

}  // namespace sluice::entry
