// What was made under another schema of a dataset comes to a store with one of these: who knows the
// mappings of its migrations turns it, and the store knows nothing of those.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::store {

// Why a record does not fit the new schema; as in record::Violation.
struct Unfit {
  std::string field;
  std::string rule;
  std::string sentence;
};

// Turns a record of the old version, canonical text in the old schema's order, into the new one's
// COPY text columns in its schema's order: a view that is good until the next call.
using RecordConverter = std::function<std::expected<std::string_view, Unfit>(
    std::span<const std::optional<std::string_view>> values)>;

// Turns a payload's line, without its newline, into one with the columns of the present schema: a
// view that is good until the next call. Empty where it is no line of its own schema: none is.
using LineConverter = std::function<std::expected<std::string_view, Unfit>(std::string_view line)>;

}  // namespace sluice::store
