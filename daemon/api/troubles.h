// What is wrong with a node, judged once: whoever shows it, shows this.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/node_status.h"
#include "api/trouble_kinds.h"

namespace sluice::api {

// The one figure of a trouble, for who words it in another language.
using Figure = std::variant<std::monostate,
                            double,                     // a share, from 0 to 1
                            std::chrono::milliseconds,  // that are left
                            std::uint64_t,              // a count
                            std::string>;               // a name: a dataset, a task

struct Trouble {
  const TroubleKind* kind = nullptr;  // of trouble_kinds
  Grade grade = Grade::attention;
  std::optional<record::BureauId> bureau = {};  // nothing: it is the node's
  std::string dataset = {};                     // empty: none is meant
  Figure figure = {};
  std::string what;         // "held back": a part of a sentence
  std::string reason = {};  // a sentence of whoever found it; may be empty
  std::optional<record::Time> since = {};
};

// The worst first; of one grade in the order of trouble_kinds, and the bureaus' in theirs. Reads
// nothing. Where a stream's journal was not read (a default Status), nothing is said of it.
[[nodiscard]] std::vector<Trouble> troubles_of(const NodeStatus& status);

// "park: held back since 2026-12-01T03:00:00.000Z: https://center:8443: nobody answers". The same
// as long as nothing has changed, whatever the clock says.
[[nodiscard]] std::string line_of(const Trouble& trouble);
// What to do about it: the command, or the page that says it.
[[nodiscard]] std::string remedy_of(const Trouble& trouble);

// How soon the end of a certificate is told, and from when on it stands among what stops.
inline constexpr std::chrono::days certificate_very_soon{3};

}  // namespace sluice::api
