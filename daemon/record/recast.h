// How a failure becomes another kind on its way up: where the one that a caller knows is not the
// one that was told below.
#pragma once

#include <expected>
#include <type_traits>
#include <utility>

namespace sluice::record {

// The result as it is, its failure as `change` makes it. (std::expected::transform_error, which GCC
// has from version 13.)
template <class T, class E, class Change>
[[nodiscard]] auto recast(std::expected<T, E>&& result, Change change)
    -> std::expected<T, std::invoke_result_t<Change, const E&>> {
  if (!result) return std::unexpected(change(result.error()));
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

}  // namespace sluice::record
