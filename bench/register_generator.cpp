#include "bench/register_generator.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "bench/credit_code.h"
#include "bench/deterministic_random.h"
#include "bench/register_words.h"

namespace sluice::bench {
namespace {

using std::string_view;

constexpr std::array<Column, 10> registry_columns = {{{"企业名称"},
                                                      {"统一社会信用代码"},
                                                      {"注册日期"},
                                                      {"企业类型"},
                                                      {"法人代表"},
                                                      {"注册资金"},
                                                      {"经营范围"},
                                                      {"所在省份"},
                                                      {"地区"},
                                                      {"注册地址"}}};
constexpr std::array<Column, 16> wide_columns = {{{"credit_code"},
                                                  {"enterprise_name"},
                                                  {"registered_on"},
                                                  {"enterprise_type"},
                                                  {"legal_representative"},
                                                  {"registered_capital", true},
                                                  {"capital_currency"},
                                                  {"business_scope"},
                                                  {"province"},
                                                  {"district"},
                                                  {"address"},
                                                  {"region_code"},
                                                  {"employees", true},
                                                  {"approved_at"},
                                                  {"status"},
                                                  {"remark"}}};

// What a share of rows is chosen for; each has its own choice.
constexpr std::uint64_t purpose_bad = 0xBAD;
constexpr std::uint64_t purpose_changed = 0xC4A;

constexpr string_view no_such_date = "2003-02-30";

SplitMix64 random_of_row(std::uint64_t seed, std::uint64_t index) {
  return SplitMix64(mix(seed) + mix(index + 0x51));
}

string_view without_last(string_view text, string_view suffix) {
  if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
  return text;
}

void append_date(std::string& text, unsigned year, unsigned month, unsigned day) {
  append_number(text, year, 4);
  text.push_back('-');
  append_number(text, month, 2);
  text.push_back('-');
  append_number(text, day, 2);
}

void append_name(std::string& text, string_view place, SplitMix64& random) {
  text.append(place);
  for (std::uint32_t left = 2 + random.below(3); left != 0; --left) {
    text.append(random.pick(words::name_syllables));
  }
  text.append(random.pick(words::trades));
  text.append(random.pick(words::name_endings));
}

void append_address(std::string& text, const words::Division& division, SplitMix64& random) {
  text.append(division.province);
  text.append(division.district);
  text.append(random.pick(words::streets));
  append_number(text, 1 + random.below(200));
  text.append("号");
  append_number(text, 1 + random.below(30));
  text.append("号楼");
  if (random.one_in(3)) {
    append_number(text, 1 + random.below(28));
    text.append("层");
    append_number(text, 1 + random.below(40), 2);
    text.append("室");
  }
}

void append_scope(std::string& text, std::uint32_t phrases, string_view separator,
                  SplitMix64& random) {
  for (std::uint32_t i = 0; i < phrases; ++i) {
    if (i != 0) text.append(separator);
    text.append(random.pick(words::scope_phrases));
  }
  text.append("。");
}

void append_grouped(std::string& text, std::uint32_t number, char group) {
  if (number >= 1'000'000) {
    append_number(text, number / 1'000'000);
    text.push_back(group);
    append_number(text, number / 1000 % 1000, 3);
    text.push_back(group);
    append_number(text, number % 1000, 3);
  } else if (number >= 1000) {
    append_number(text, number / 1000);
    text.push_back(group);
    append_number(text, number % 1000, 3);
  } else {
    append_number(text, number);
  }
}

// A capital in the spellings of the real register, about as often.
void append_messy_capital(std::string& text, SplitMix64& random) {
  constexpr std::array<string_view, 10> common = {
      "(万元人民币)", "(万元人民币)", "(万元人民币)", "(万元人民币)", "(万元人民币)",
      "(万元人民币)", "(万元)",       "(万元)",       "(万元)",       "(万元)"};
  constexpr std::array<string_view, 12> ungrouped = {
      "万人民币", "万人民币", "万人民币", "万元人民币", "万元人民币", "万人民币元",
      "(万)",     "(万美元)", "(万美元)", "(万元美元)", "万美元",     "(万欧元)"};
  constexpr std::array<string_view, 4> rare = {"(万香港元)", "(万元港元)", "(万元日元)",
                                               "(万日元)"};
  constexpr std::array<std::uint32_t, 12> amounts = {3,   10,  30,   50,   100,  100,
                                                     200, 500, 1000, 2000, 5000, 60000};
  const std::uint32_t kind = random.below(1000);
  if (kind < 113) {
    text.append("N/A");
    return;
  }
  if (kind == 113) {
    text.append("-");
    return;
  }
  const std::uint32_t amount = random.one_in(3)
                                   ? 1 + random.below(random.one_in(200) ? 2'000'000 : 3000)
                                   : random.pick(amounts);
  append_grouped(text, amount, ',');
  if (random.one_in(45)) {
    text.push_back('.');
    append_number(text, 1 + random.below(999'998), 1);
  }
  text.append(kind < 930   ? random.pick(common)
              : kind < 996 ? random.pick(ungrouped)
                           : random.pick(rare));
}

// Plain yuan, or nothing.
void append_capital(std::string& text, SplitMix64& random) {
  if (random.one_in(30)) return;
  append_number(text, (1 + random.below(5000)) * std::uint64_t{1000});
  text.push_back('.');
  append_number(text, random.below(100), 2);
}

void append_time_of_day(std::string& text, SplitMix64& random) {
  text.push_back('T');
  append_number(text, 8 + random.below(10), 2);
  text.push_back(':');
  append_number(text, random.below(60), 2);
  text.push_back(':');
  append_number(text, random.below(60), 2);
  text.push_back('Z');
}

struct MonthDay {
  unsigned month;
  unsigned day;
};
MonthDay month_and_day(unsigned day_of_year) {
  constexpr std::array<unsigned, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  unsigned month = 0;
  while (day_of_year >= lengths[month])
    day_of_year -= lengths[month++];
  return {month + 1, day_of_year + 1};
}

string_view view(const CreditCode& code) {
  return {code.data(), code.size()};
}

}  // namespace

RegisterGenerator::RegisterGenerator(const RegisterOptions& options) : options_(options) {
  if (options.rows == 0) return;
  row_without_code_ = mix(options.seed) % options.rows;
}

std::span<const Column> RegisterGenerator::columns() const {
  if (options_.shape == Shape::wide) return wide_columns;
  return registry_columns;
}

bool RegisterGenerator::is_chosen(std::uint64_t index, std::uint64_t purpose, double share) const {
  constexpr double all = 9007199254740992.0;  // 2^53: what a double holds exactly
  const std::uint64_t draw = mix(mix(options_.seed + purpose) + index) >> 11;
  return static_cast<double>(draw) < share * all;
}

bool RegisterGenerator::is_without_code(std::uint64_t index) const {
  return options_.shape == Shape::registry && index == row_without_code_;
}

bool RegisterGenerator::is_bad(std::uint64_t index) const {
  return !is_without_code(index) && is_chosen(index, purpose_bad, options_.bad_share);
}

bool RegisterGenerator::is_changed(std::uint64_t index) const {
  return options_.shape == Shape::wide && is_chosen(index, purpose_changed, options_.changed_share);
}

void RegisterGenerator::make_row(std::uint64_t index, RowText& text) const {
  text.clear();
  if (options_.shape == Shape::wide) {
    make_wide_row(index, text);
  } else {
    make_registry_row(index, text);
  }
}

void RegisterGenerator::make_registry_row(std::uint64_t index, RowText& row) const {
  SplitMix64 random = random_of_row(options_.seed, index);
  const words::Division& division = random.pick(words::beijing);
  std::string& text = row.text();

  append_name(text, "北京", random);
  row.end_value();

  const CreditCode code = credit_code(
      division.code, scatter(static_cast<std::uint32_t>(index), options_.seed + options_.year));
  row.add(is_without_code(index) ? string_view("无")
          : is_bad(index)        ? view(with_wrong_check(code))
                                 : view(code));

  // In the order of registration, as a register grows.
  const auto day = static_cast<unsigned>(index * 365 / options_.rows);
  append_date(text, options_.year, month_and_day(day).month, month_and_day(day).day);
  row.end_value();

  row.add(random.below(100) < 91 ? string_view("N/A") : random.pick(words::enterprise_types));
  text.append(random.pick(words::surnames));
  row.add("某");
  append_messy_capital(text, random);
  row.end_value();

  // One draw a statement: in which order a call's arguments are evaluated is the compiler's choice.
  const std::uint32_t phrases = 3 + random.below(8);
  append_scope(text, phrases, random.one_in(4) ? ";" : "；", random);
  if (random.one_in(60)) text.append(words::scope_proviso);
  if (random.one_in(10'000)) text.push_back(' ');
  row.end_value();

  row.add(random.one_in(35'000) ? string_view("N/A") : string_view("北京"));
  row.add(without_last(division.district, "区"));
  append_address(text, division, random);
  if (random.one_in(1000)) text.append("(01-07A),Ｂ座");
  row.end_value();
}

void RegisterGenerator::make_wide_row(std::uint64_t index, RowText& row) const {
  SplitMix64 random = random_of_row(options_.seed, index);
  const words::Division& division = random.pick(words::country);
  const unsigned year = 1990 + random.below(35);
  const unsigned month = 1 + random.below(12);
  const unsigned day = 1 + random.below(27);
  const bool changed = is_changed(index);
  std::string& text = row.text();

  row.add(
      view(credit_code(division.code, scatter(static_cast<std::uint32_t>(index), options_.seed))));
  append_name(text, without_last(division.province, "市"), random);
  row.end_value();
  if (is_bad(index)) {
    text.append(no_such_date);
  } else {
    append_date(text, year, month, day);
  }
  row.end_value();
  row.add(random.pick(words::enterprise_types));
  text.append(random.pick(words::surnames));
  row.add(random.pick(words::given_names));

  append_capital(text, random);
  row.end_value();
  constexpr std::array<string_view, 8> currencies = {"CNY", "CNY", "CNY", "CNY",
                                                     "CNY", "CNY", "USD", "HKD"};
  row.add(random.pick(currencies));
  append_scope(text, 3 + random.below(5), "；", random);
  row.end_value();
  row.add(division.province);
  row.add(division.district);
  append_address(text, division, random);
  row.end_value();
  row.add(division.code);

  const std::uint32_t employees = random.below(800);
  if (changed) {
    row.add_number(employees + 1);
  } else if (employees % 20 != 0) {
    row.add_number(employees);
  } else {
    row.end_value();
  }

  // A change was approved the day after.
  append_date(text, year, month, changed ? day + 1 : day);
  append_time_of_day(text, random);
  row.end_value();

  const string_view status = random.pick(words::statuses);
  row.add(changed ? string_view("变更") : status);
  const bool remarked = random.one_in(3);
  const string_view remark = random.pick(words::remarks);
  row.add(changed ? string_view("变更登记") : remarked ? remark : string_view());
}

}  // namespace sluice::bench
