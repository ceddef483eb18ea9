#include <algorithm>
#include <array>
#include <utility>

#include "intake/conversion.h"

namespace sluice::intake {
namespace {

// How registers name currencies, after a leading 元 is dropped (`万元美元`). DEM, FRF and their
// like are no longer money but stand in old registers.
constexpr std::array<std::pair<std::string_view, std::string_view>, 30> currencies = {{
    {"", "CNY"},         {"元", "CNY"},         {"人民币", "CNY"},   {"人民币元", "CNY"},
    {"美元", "USD"},     {"美金", "USD"},       {"港元", "HKD"},     {"港币", "HKD"},
    {"香港元", "HKD"},   {"澳门元", "MOP"},     {"新台币", "TWD"},   {"台币", "TWD"},
    {"日元", "JPY"},     {"日币", "JPY"},       {"欧元", "EUR"},     {"英镑", "GBP"},
    {"加元", "CAD"},     {"加拿大元", "CAD"},   {"澳元", "AUD"},     {"澳大利亚元", "AUD"},
    {"韩元", "KRW"},     {"韩国元", "KRW"},     {"新加坡元", "SGD"}, {"瑞士法郎", "CHF"},
    {"瑞典克朗", "SEK"}, {"丹麦克朗", "DKK"},   {"挪威克朗", "NOK"}, {"德国马克", "DEM"},
    {"法国法郎", "FRF"}, {"意大利里拉", "ITL"},
}};

constexpr std::array<std::pair<std::string_view, int>, 4> multipliers = {{
    {"万", 4},
    {"亿", 8},
    {"千", 3},
    {"百万", 6},
}};

constexpr std::string_view yuan = "元";

std::unexpected<record::Violation> unreadable() {
  return std::unexpected(record::Violation{"amount",
                                           "expected a sum such as 1,000(万元人民币), 100万元 or "
                                           "50(万美元): digits, then 万 or 亿 if need "
                                           "be, then a currency that Sluice knows"});
}

bool drop_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool drop_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

// Commas stand before groups of three, or not at all: `10,5` may be ten and a half.
bool append_whole(std::string_view whole, std::string& digits) {
  const bool is_grouped = whole.find(',') != std::string_view::npos;
  std::size_t in_group = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i] != ',') {
      digits += whole[i];
      if (++in_group > 3 && is_grouped) return false;
    } else if (in_group == 0 || (in_group < 3 && digits.size() > in_group)) {
      return false;
    } else {
      in_group = 0;
    }
  }
  return !is_grouped || in_group == 3;
}

// `digits` times ten to the power `shift`, by moving the point.
std::string shifted(std::string_view digits, std::size_t after_point, int shift) {
  std::string out(digits);
  while (after_point > 0 && shift > 0) {
    --after_point;
    --shift;
  }
  out.append(static_cast<std::size_t>(shift), '0');
  if (after_point > 0) {
    if (out.size() <= after_point) out.insert(0, after_point + 1 - out.size(), '0');
    out.insert(out.size() - after_point, 1, '.');
  }
  const std::size_t whole = std::min(out.find('.'), out.size());
  out.erase(0, std::min(out.find_first_not_of('0'), whole - 1));
  return out;
}

}  // namespace

std::expected<Money, record::Violation> read_money(std::string_view text) {
  text = trimmed(text);
  const std::string_view figure = text.substr(0, text.find_first_not_of("0123456789,."));
  text = trimmed(text.substr(figure.size()));
  const std::size_t point = std::min(figure.find('.'), figure.size());
  std::string digits;
  if (!append_whole(figure.substr(0, point), digits)) return unreadable();
  const std::string_view fraction = figure.substr(std::min(point + 1, figure.size()));
  if (fraction.find_first_of(",.") != std::string_view::npos) return unreadable();
  digits += fraction;
  if (digits.empty() || digits.size() > 30) return unreadable();
  if (drop_prefix(text, "(") || drop_prefix(text, "（")) {
    if (!drop_suffix(text, ")") && !drop_suffix(text, "）")) return unreadable();
  }
  int shift = 0;
  for (const auto& [name, power] : multipliers) {
    if (drop_prefix(text, name)) {
      shift = power;
      break;
    }
  }
  if (text.size() > yuan.size()) drop_prefix(text, yuan);
  const auto* currency =
      std::ranges::find(currencies, text, &decltype(currencies)::value_type::first);
  if (currency == currencies.end()) return unreadable();
  return Money{shifted(digits, fraction.size(), shift), currency->second};
}

}  // namespace sluice::intake
