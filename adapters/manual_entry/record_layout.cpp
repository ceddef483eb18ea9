#include "adapters/manual_entry/record_layout.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace sluice::adapters::manual_entry {
namespace {

using record::FieldType;
using record::Sensitivity;

// 2026-11-23T04:44:00.5Z as 2026-11-23 12:44:00.5 in Peking. `canonical` is so written.
std::string local_moment(std::string_view canonical, const date::time_zone& zone) {
  constexpr std::size_t without_fraction = 19;
  if (canonical.size() <= without_fraction) return std::string(canonical);
  const auto number = [&](std::size_t at, std::size_t digits) {
    unsigned value = 0;
    std::from_chars(canonical.data() + at, canonical.data() + at + digits, value);
    return value;
  };
  const date::year_month_day day{date::year(static_cast<int>(number(0, 4))),
                                 date::month(number(5, 2)), date::day(number(8, 2))};
  const date::sys_seconds moment = date::sys_days(day) + std::chrono::hours(number(11, 2)) +
                                   std::chrono::minutes(number(14, 2)) +
                                   std::chrono::seconds(number(17, 2));
  std::string_view fraction = canonical.substr(without_fraction);
  fraction.remove_suffix(1);  // Z
  return date::format("%F %T", zone.to_local(moment)) + std::string(fraction);
}

std::string with_decimal_char(std::string_view canonical, char decimal_char) {
  std::string text(canonical);
  std::ranges::replace(text, '.', decimal_char);
  return text;
}

// By group, in the order in which the groups' first fields come; within one by order.
std::vector<std::size_t> screen_order(const record::TableSchema& schema) {
  std::vector<std::size_t> order(schema.fields.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  // With the field's own place behind it: no two are equal.
  const auto place = [&](std::size_t i) {
    return std::pair(schema.fields[i].keying.order.value_or(i + 1), i);
  };
  std::ranges::sort(order, {}, place);
  std::map<std::string_view, std::size_t> groups;
  for (const std::size_t i : order)
    groups.try_emplace(schema.fields[i].keying.group, groups.size());
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::pair(groups.at(schema.fields[i].keying.group), place(i));
  });
  return order;
}

}  // namespace

RecordLayout::RecordLayout(const record::Dataset& dataset, const date::time_zone& zone)
    : dataset_(dataset),
      zone_(zone),
      key_(record::key_columns(dataset.schema)),
      in_order_(screen_order(dataset.schema)) {}

std::string RecordLayout::typed(const record::Field& field, std::string_view canonical) const {
  switch (field.type) {
    case FieldType::boolean: {
      const auto& texts = canonical == "t" ? field.true_values : field.false_values;
      return texts.empty() ? std::string(canonical) : texts.front();
    }
    case FieldType::number:
      return with_decimal_char(canonical, field.decimal_char);
    case FieldType::datetime:
      return local_moment(canonical, zone_);
    default:
      return std::string(canonical);
  }
}

std::string RecordLayout::json_of(const DeliveryRow& row) const {
  boost::json::array fields;
  for (const std::size_t i : in_order_) {
    const bool in_key = std::ranges::find(key_, i) != key_.end();
    if (row.operation == record::Operation::remove && !in_key) continue;
    const record::Field& field = dataset_.schema.fields[i];
    boost::json::object laid_out{{"field", field.name},
                                 {"label", field.title.empty() ? field.name : field.title},
                                 {"group", field.keying.group}};
    if (row.values[i]) laid_out["value"] = typed(field, *row.values[i]);
    laid_out["sensitivity"] = to_string(field.sensitivity);
    fields.push_back(std::move(laid_out));
  }
  return boost::json::serialize(fields);
}

std::string RecordLayout::subject_of(const DeliveryRow& row) const {
  for (std::size_t i = 0; i < dataset_.schema.fields.size(); ++i) {
    const record::Field& field = dataset_.schema.fields[i];
    const bool in_key = std::ranges::find(key_, i) != key_.end();
    const bool is_given = row.operation == record::Operation::upsert || in_key;
    if (!field.carries_case_number || field.sensitivity == Sensitivity::personal || !is_given) {
      continue;
    }
    if (row.values[i]) return std::string(*row.values[i]);
  }
  std::string subject;
  for (const std::size_t i : key_) {
    const record::Field& field = dataset_.schema.fields[i];
    if (field.sensitivity != Sensitivity::open || !row.values[i]) return {};
    if (!subject.empty()) subject += ' ';
    subject += typed(field, *row.values[i]);
  }
  return subject;
}

std::string RecordLayout::record_key_of(const DeliveryRow& row) const {
  std::string text = dataset_.id.str();
  for (const std::size_t i : key_) {
    const std::string_view value = row.values[i].value_or(std::string_view());
    text += fmt::format("\n{}:{}", value.size(), value);  // so that no two keys give one text
  }
  return record::to_string(record::sha256(text));
}

}  // namespace sluice::adapters::manual_entry
