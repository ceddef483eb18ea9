// One function a kind of file: from its document to plain values, with complaints on the way.
#pragma once

#include <filesystem>
#include <map>

#include "settings/document.h"
#include "settings/settings.h"

namespace sluice::settings {

using Datasets = std::map<record::DatasetId, record::Dataset>;
using Bureaus = std::map<record::BureauId, Bureau>;

// node.yaml, and the directories that it names for the rest of the configuration.
struct NodeFile {
  Node node;
  std::filesystem::path schemas;
  std::filesystem::path bureaus;
};

// `base`: what relative paths are relative to.
[[nodiscard]] NodeFile read_node(const Value& document, const std::filesystem::path& base,
                                 Complaints& complaints);

// `node.control_socket` alone.
[[nodiscard]] std::filesystem::path read_control_socket(const Value& document,
                                                        const std::filesystem::path& base,
                                                        Complaints& complaints);

// `datasets` are those whose schemas were read: a publication names one of them. In `codes` is
// noted what was read of the tables that mappings name.
[[nodiscard]] Bureau read_bureau(const Value& document, const std::filesystem::path& base,
                                 const Datasets& datasets, WrittenCodes& codes,
                                 Complaints& complaints);

[[nodiscard]] record::Dataset read_schema(const Value& document, Complaints& complaints);

// What can only be checked once every schema is read: that what foreign keys and prefills refer to
// exists, and is of the same type.
void check_references(const Value& document, const record::Dataset& dataset,
                      const Datasets& datasets, Complaints& complaints);

// What only the files together can break; `document` is a map. Of a schema: its owner is known.
void check_owner(const Value& document, const record::Dataset& dataset, const Bureaus& bureaus,
                 Complaints& complaints);
// Of a bureau: its certificate and its drop folder are its own.
void check_beside_others(const Value& document, const record::BureauId& own, const Bureaus& bureaus,
                         Complaints& complaints);
// Of the nodes that bring batches: their bureaus are known, each is brought by one, and their
// certificates are their own.
void check_nodes(const Value& document, const Node& node, const Bureaus& bureaus,
                 Complaints& complaints);
// Of a bureau with an API: there is an address to call.
void check_can_be_called(const Value& document, const Bureau& bureau, const Node& node,
                         Complaints& complaints);
// Of a bureau whose records are keyed: this node is the home of its stream, and has a store.
void check_can_be_keyed(const Value& document, const Bureau& bureau, const Node& node,
                        Complaints& complaints);

}  // namespace sluice::settings
