// The single steps of a mapping: text in, text out. What they can not read, they refuse.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "intake/mapping.h"
#include "record/record_checker.h"

namespace sluice::intake {

// The text after `step`, as a view of `text` or of `buffer`, or a violation whose rule is the
// step's name in the configuration ("amount", "date", "codes" …).
[[nodiscard]] std::expected<std::string_view, record::Violation> convert(const Step& step,
                                                                         std::string_view text,
                                                                         std::string& buffer);

// A sum of money as registers write it: `1,000(万元人民币)`, `100万元人民币`, `50(万美元)`.
struct Money {
  std::string amount;         // plain decimal, in units of the currency
  std::string_view currency;  // ISO 4217; CNY where none is named
};
[[nodiscard]] std::expected<Money, record::Violation> read_money(std::string_view text);
// How a currency (ISO 4217) is written in such a sum; empty: it has no name there.
[[nodiscard]] std::string_view name_of_currency(std::string_view code);

}  // namespace sluice::intake
