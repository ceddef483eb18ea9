#include "runs/run_summary.h"

#include <sstream>
#include <utility>

#include <boost/json.hpp>

namespace sluice::runs {
namespace {

const boost::json::object* object_of(const boost::json::object& line, std::string_view name) {
  const auto* value = line.if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

}  // namespace

std::vector<boost::json::object> summary_lines(const Run& run) {
  std::vector<boost::json::object> objects;
  std::istringstream lines(run.summary);
  for (std::string line; std::getline(lines, line);) {
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(line, error);
    if (!error && value.is_object()) objects.push_back(std::move(value.as_object()));
  }
  return objects;
}

std::uint64_t number_of(const boost::json::object& line, std::string_view name) {
  const auto* value = line.if_contains(name);
  boost::system::error_code error;
  const auto number = value == nullptr ? 0 : value->to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

std::string text_of(const boost::json::object& line, std::string_view name) {
  const auto* value = line.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::uint64_t differences_of(const boost::json::object& line) {
  const boost::json::object* found = object_of(line, "found");
  if (found == nullptr) return 0;
  return number_of(*found, "missing") + number_of(*found, "extra") + number_of(*found, "different");
}

RunFigures figures_of(const Run& run) {
  RunFigures all;
  for (const boost::json::object& line : summary_lines(run)) {
    ++all.datasets;
    all.rows += number_of(line, "collected");
    all.upserts += number_of(line, "upserts");
    all.deletes += number_of(line, "deletes");
    all.quarantined += number_of(line, "quarantined");
    all.held_back += number_of(line, "held_back");
    all.batches += number_of(line, "batches");
    all.compared += number_of(line, "source_records");
    all.differences += differences_of(line);
    if (const boost::json::object* repair = object_of(line, "repair")) {
      all.repaired += number_of(*repair, "sent") + number_of(*repair, "deleted");
    }
  }
  return all;
}

}  // namespace sluice::runs
