// What the files of a configuration say, key by key: by it two configurations are compared in the
// words in which they are written. Comments, the order of keys and the layout are not part of it.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "record/identifiers.h"

namespace sluice::settings {

struct Value;

// Of one file: `publishes[approval].mapping.ignore`, and what stands there. Items of a list are
// named by what they are of (`dataset`, `name`), or counted from 1; a section or list without
// anything in it stands for itself. The values may be secret enough not to be told.
using WrittenKeys = std::map<std::string, std::string>;
[[nodiscard]] WrittenKeys written_keys(const Value& document);

// Code tables by their files, with a digest of what was read there first: one that is written anew
// meanwhile is then found to be another the next time.
using WrittenCodes = std::map<std::filesystem::path, std::string>;

struct Written {
  WrittenKeys node;  // node.yaml
  std::map<record::BureauId, WrittenKeys> bureaus;
  std::map<record::DatasetId, WrittenKeys> datasets;
  WrittenCodes codes;  // relative to the configuration where they lie in it
};

}  // namespace sluice::settings
