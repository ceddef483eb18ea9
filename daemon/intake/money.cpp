// Sums of money as registers write them. The grammar is the two tables below: the words that may
// follow the figure, and the orders in which they may. Brackets, of either width and nested, and
// blanks mean nothing; they only have to match.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "intake/conversion.h"

namespace sluice::intake {
namespace {

enum class Kind : char { unit = 'u', yuan = 'y', currency = 'c' };

// `power`: of ten, of a unit. `code`: ISO 4217, of a currency. 元 alone is CNY, and behind or
// before a currency's name it adds nothing.
struct Word {
  std::string_view text;
  Kind kind;
  int power = 0;
  std::string_view code = "CNY";
};

constexpr Word unit(std::string_view text, int power) {
  return {.text = text, .kind = Kind::unit, .power = power};
}
constexpr Word currency(std::string_view text, std::string_view code) {
  return {.text = text, .kind = Kind::currency, .code = code};
}

// Of several that fit the longest is meant, wherever it stands here. DEM, FRF and their like are no
// longer money but stand in old registers.
constexpr auto words = std::to_array<Word>({
    unit("百", 2),
    unit("千", 3),
    unit("万", 4),
    unit("十万", 5),
    unit("百万", 6),
    unit("千万", 7),
    unit("亿", 8),
    unit("万亿", 12),
    {.text = "元", .kind = Kind::yuan},
    currency("人民币", "CNY"),
    currency("美元", "USD"),
    currency("美金", "USD"),
    currency("港元", "HKD"),
    currency("港币", "HKD"),
    currency("香港元", "HKD"),
    currency("澳门元", "MOP"),
    currency("澳门币", "MOP"),
    currency("新台币", "TWD"),
    currency("台币", "TWD"),
    currency("日元", "JPY"),
    currency("日圆", "JPY"),
    currency("日币", "JPY"),
    currency("欧元", "EUR"),
    currency("英镑", "GBP"),
    currency("加元", "CAD"),
    currency("加拿大元", "CAD"),
    currency("澳元", "AUD"),
    currency("澳大利亚元", "AUD"),
    currency("韩元", "KRW"),
    currency("韩国元", "KRW"),
    currency("韩币", "KRW"),
    currency("新加坡元", "SGD"),
    currency("瑞士法郎", "CHF"),
    currency("瑞典克朗", "SEK"),
    currency("丹麦克朗", "DKK"),
    currency("挪威克朗", "NOK"),
    currency("德国马克", "DEM"),
    currency("法国法郎", "FRF"),
    currency("意大利里拉", "ITL"),
});

// Kinds of the words behind a figure: none, 万, 元, 万元, 万美元, 万元美元, 万人民币元,
// 万元人民币元, 美元, 人民币元, 元人民币, 美元万, 人民币万元.
constexpr auto orders = std::to_array<std::string_view>(
    {"", "u", "y", "uy", "uc", "uyc", "ucy", "uycy", "c", "cy", "yc", "cu", "cuy"});

constexpr auto blanks = std::to_array<std::string_view>({" ", "\t", "\xE3\x80\x80"});  // U+3000
constexpr auto opening_brackets = std::to_array<std::string_view>({"(", "（"});
constexpr auto closing_brackets = std::to_array<std::string_view>({")", "）"});

std::unexpected<record::Violation> unreadable() {
  return std::unexpected(record::Violation{
      "amount",
      "expected a sum such as 1,000(万元人民币), 3,700(万元(人民币)), 100万元 or 50(万美元): "
      "digits, then "
      "千, 万, 百万 or 亿 if need be, then a currency that Sluice knows, in brackets that match or "
      "without"});
}

bool drop_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

template <std::size_t count>
bool drop_one_of(std::string_view& text, const std::array<std::string_view, count>& prefixes) {
  return std::ranges::any_of(prefixes, [&](auto prefix) { return drop_prefix(text, prefix); });
}

const Word* drop_word(std::string_view& text) {
  const Word* longest = nullptr;
  for (const Word& word : words) {
    const bool is_longer = longest == nullptr || word.text.size() > longest->text.size();
    if (is_longer && text.starts_with(word.text)) longest = &word;
  }
  if (longest != nullptr) text.remove_prefix(longest->text.size());
  return longest;
}

struct Tail {
  int power = 0;
  std::string_view code = "CNY";
};

// What stands behind the figure. Nothing where it is not by the grammar.
std::optional<Tail> read_tail(std::string_view text) {
  Tail tail;
  std::string order;
  std::size_t open_brackets = 0;
  bool is_empty_bracket = false;
  while (!text.empty()) {
    if (drop_one_of(text, blanks)) continue;
    if (drop_one_of(text, opening_brackets)) {
      ++open_brackets;
      is_empty_bracket = true;
      continue;
    }
    if (drop_one_of(text, closing_brackets)) {
      if (open_brackets == 0 || is_empty_bracket) return std::nullopt;
      --open_brackets;
      continue;
    }
    const Word* word = drop_word(text);
    if (word == nullptr) return std::nullopt;
    is_empty_bracket = false;
    order += static_cast<char>(word->kind);
    if (word->kind == Kind::unit) tail.power = word->power;
    if (word->kind == Kind::currency) tail.code = word->code;
  }
  if (open_brackets > 0 || std::ranges::find(orders, order) == orders.end()) return std::nullopt;
  return tail;
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
  while (drop_one_of(text, blanks)) {
  }
  const std::string_view figure = text.substr(0, text.find_first_not_of("0123456789,."));
  const std::size_t point = std::min(figure.find('.'), figure.size());
  std::string digits;
  if (!append_whole(figure.substr(0, point), digits)) return unreadable();
  const std::string_view fraction = figure.substr(std::min(point + 1, figure.size()));
  if (fraction.find_first_of(",.") != std::string_view::npos) return unreadable();
  digits += fraction;
  if (digits.empty() || digits.size() > 30) return unreadable();
  const auto tail = read_tail(text.substr(figure.size()));
  if (!tail) return unreadable();
  return Money{shifted(digits, fraction.size(), tail->power), tail->code};
}

std::string_view name_of_currency(std::string_view code) {
  const auto* const found = std::ranges::find_if(
      words, [&](const Word& word) { return word.kind == Kind::currency && word.code == code; });
  return found == words.end() ? std::string_view() : found->text;
}

}  // namespace sluice::intake
