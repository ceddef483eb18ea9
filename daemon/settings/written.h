// What the files of a configuration say, key by key: by it two configurations are compared in the
// words in which they are written. Comments, the order of keys and the layout are not part of it.
#pragma once

#include <map>
#include <string>

#include "record/identifiers.h"

namespace sluice::settings {

struct Value;

// Of one file: `publishes[approval].mapping.ignore`, and what stands there. Items of a list are
// named by what they are of (`dataset`, `name`), or counted from 1; a section without anything in
// it stands for itself. The values may be secret enough not to be told.
using WrittenKeys = std::map<std::string, std::string>;
[[nodiscard]] WrittenKeys written_keys(const Value& document);

struct Written {
  WrittenKeys node;  // node.yaml
  std::map<record::BureauId, WrittenKeys> bureaus;
  std::map<record::DatasetId, WrittenKeys> datasets;
};

}  // namespace sluice::settings
