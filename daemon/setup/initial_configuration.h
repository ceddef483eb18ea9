// The configuration that a new node begins with: minimal, right, and commented, so that an operator
// who has ten minutes edits a file and does not write one. The templates lie beside this header as
// the operator will read them; here their @NAMES@ are replaced.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "record/failure.h"
#include "record/identifiers.h"

namespace sluice::setup {

enum class NodeKind {
  front_end,   // stands beside a bureau's exchange database, and has an uplink
  center,      // has the central store, and nodes that bring batches
  all_in_one,  // has the central store, and takes records itself
};

struct NewNode {
  NodeKind kind = NodeKind::all_in_one;
  // Of a front-end and of all in one the one whose records begin there; of a center those for each
  // of which a front-end will bring batches.
  std::vector<record::BureauId> bureaus{};
  std::string center_url{};                         // of a front-end: https://HOST:PORT
  std::filesystem::path state = "/var/lib/sluice";  // a plain place
  // In the subjects of all certificates, here and on the nodes that this one knows.
  std::string organization = "Sluice";
};

struct NewFile {
  std::filesystem::path name;  // below the configuration directory
  std::string text;
};

// What a person has still to say.
struct FillIn {
  std::filesystem::path file;  // as NewFile has it
  std::size_t line = 0;        // from 1
  std::string what;
};

struct InitialConfiguration {
  record::NodeId node;
  std::string subject;         // RFC 2253, of the node's certificate
  std::vector<NewFile> files;  // node.yaml last: without it a directory is no configuration
  std::vector<FillIn> to_fill_in;
};

// A place as it is compared and written: absolute, without dots, and without a slash at its end.
[[nodiscard]] std::filesystem::path plain_place(const std::filesystem::path& said);

// The flaw says which of what was asked for is wrong.
[[nodiscard]] std::expected<InitialConfiguration, record::Flaw> initial_configuration(
    const NewNode& wanted);

// What the packaged service calls them; files and sockets of another state directory lie in it.
inline constexpr const char* packaged_state = "/var/lib/sluice";
inline constexpr const char* packaged_socket = "/run/sluice/control.socket";

}  // namespace sluice::setup
