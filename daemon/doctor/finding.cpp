#include "doctor/finding.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>

namespace sluice::doctor {
namespace {

constexpr std::array all_verdicts = {Verdict::ok, Verdict::skipped, Verdict::warning,
                                     Verdict::wrong};

std::optional<std::string> text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr) return std::nullopt;
  return std::string(text->data(), text->size());
}

std::optional<Verdict> verdict_named(std::string_view name) {
  const auto* const found = std::ranges::find_if(
      all_verdicts, [&](Verdict verdict) { return to_string(verdict) == name; });
  if (found == all_verdicts.end()) return std::nullopt;
  return *found;
}

std::optional<Finding> finding_in(const boost::json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return std::nullopt;
  const auto verdict = verdict_named(text_of(*object, "verdict").value_or(""));
  auto about = text_of(*object, "about");
  auto found = text_of(*object, "found");
  auto remedy = text_of(*object, "remedy");
  if (!verdict || !about || !found || !remedy) return std::nullopt;
  return Finding{*verdict, std::move(*about), std::move(*found), std::move(*remedy)};
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::skipped:
      return "skipped";
    case Verdict::warning:
      return "warning";
    case Verdict::wrong:
      return "wrong";
  }
  return "wrong";
}

Finding ok(std::string about, std::string found) {
  return {Verdict::ok, std::move(about), std::move(found), {}};
}
Finding skipped(std::string about, std::string why) {
  return {Verdict::skipped, std::move(about), std::move(why), {}};
}
Finding warning(std::string about, std::string found, std::string remedy) {
  return {Verdict::warning, std::move(about), std::move(found), std::move(remedy)};
}
Finding wrong(std::string about, std::string found, std::string remedy) {
  return {Verdict::wrong, std::move(about), std::move(found), std::move(remedy)};
}

Verdict worst(const Findings& findings) {
  Verdict gravest = Verdict::ok;
  for (const Finding& finding : findings)
    gravest = std::max(gravest, finding.verdict);
  return gravest;
}

std::string to_json(const Findings& findings) {
  boost::json::array array;
  for (const Finding& finding : findings) {
    array.push_back(boost::json::object{{"verdict", to_string(finding.verdict)},
                                        {"about", finding.about},
                                        {"found", finding.found},
                                        {"remedy", finding.remedy}});
  }
  return boost::json::serialize(array);
}

std::optional<Findings> parse_findings(std::string_view json) {
  boost::json::error_code malformed;
  const boost::json::value value = boost::json::parse({json.data(), json.size()}, malformed);
  const auto* array = malformed ? nullptr : value.if_array();
  if (array == nullptr) return std::nullopt;
  Findings findings;
  for (const auto& each : *array) {
    auto finding = finding_in(each);
    if (!finding) return std::nullopt;
    findings.push_back(std::move(*finding));
  }
  return findings;
}

}  // namespace sluice::doctor
