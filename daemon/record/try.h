// How a failure that somebody below has told is passed on as it is: by one word, so that what a
// function does stands out from it.
//
//   const auto id = SLUICE_TRY(ledger.next_id());  // the value
//   SLUICE_TRY(ledger.write(entry));               // nothing
//
// For functions that return std::expected with the same error, not for coroutines. Two do not stand
// in one expression.
#pragma once

#include <expected>
#include <utility>

namespace sluice::record {

template <class T, class E>
T value_of(std::expected<T, E>&& result) {
  return *std::move(result);
}
template <class E>
void value_of(std::expected<void, E>&&) {}

}  // namespace sluice::record

// A statement expression: of GCC and Clang, and the only way to return from within an expression.
#define SLUICE_TRY(...)                                                         \
  __extension__({                                                               \
    auto sluice_tried = __VA_ARGS__;                                            \
    if (!sluice_tried) return std::unexpected(std::move(sluice_tried).error()); \
    ::sluice::record::value_of(std::move(sluice_tried));                        \
  })
