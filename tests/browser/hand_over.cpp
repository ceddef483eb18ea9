// Hands a delivery over to a bureau's clerks, as the center would: for the tests of their desk.
//   hand_over CONFIG-DIRECTORY BUREAU DATASET DELIVERY <ROWS
// ROWS is a JSON array of {"operation" ("upsert", "remove"), "values" (texts by field)}. It prints
// the numbers of the tasks.
#include <chrono>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "adapters/manual_entry/task_deliverer.h"
#include "clerks/clerks_queue.h"
#include "installation/installation.h"

namespace {

using sluice::adapters::DeliveryResult;
using sluice::adapters::DeliveryRow;

class RowsOfJson final : public sluice::adapters::DeliveryRows {
 public:
  RowsOfJson(const sluice::record::TableSchema& schema, boost::json::array rows)
      : schema_(schema), rows_(std::move(rows)) {}

  [[nodiscard]] sluice::record::RowCount count() const { return {rows_.size()}; }

  DeliveryResult<std::optional<DeliveryRow>> next() override {
    if (at_ == rows_.size()) return std::nullopt;
    const boost::json::object& row = rows_[at_++].as_object();
    values_.clear();
    for (const sluice::record::Field& field : schema_.fields) {
      const auto* const text = row.at("values").as_object().if_contains(field.name);
      values_.push_back(text == nullptr ? std::nullopt
                                        : std::optional<std::string_view>(text->as_string()));
    }
    using sluice::record::Operation;
    const bool is_removed = row.at("operation").as_string() == "remove";
    return DeliveryRow{.operation = is_removed ? Operation::remove : Operation::upsert,
                       .values = values_};
  }

 private:
  const sluice::record::TableSchema& schema_;
  boost::json::array rows_;
  std::size_t at_ = 0;
  std::vector<std::optional<std::string_view>> values_;
};

template <class Failure>
std::runtime_error failed(const Failure& failure) {
  return std::runtime_error(sluice::record::to_string(failure));
}

sluice::record::Time now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void hand_over(char** words) {
  const auto loaded = sluice::installation::load_installation(words[1]);
  if (!loaded) throw std::runtime_error(loaded.error().lines.at(0));
  const auto& settings = (*loaded)->settings;
  const auto tasks = sluice::installation::open_tasks(settings);
  if (!tasks) throw failed(tasks.error());
  const auto name = sluice::record::parse_delivery_name(words[4]);
  if (!name) throw std::runtime_error("that is no delivery's name");

  const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  const auto& dataset = settings.datasets.at(sluice::record::DatasetId(words[3]));
  RowsOfJson rows(dataset.schema, boost::json::parse(text).as_array());
  sluice::clerks::ClerksQueue queue(**tasks, sluice::record::BureauId(words[2]), now);
  sluice::adapters::manual_entry::TaskDeliverer deliverer(queue,
                                                          *date::locate_zone("Asia/Shanghai"));
  const auto delivered = deliverer.deliver({.name = *name,
                                            .agreement = "1",
                                            .dataset = dataset,
                                            .rows = rows.count(),
                                            .content = sluice::record::sha256(text),
                                            .cut = now()},
                                           rows);
  if (!delivered) throw failed(delivered.error());
  const auto handed_over = (*tasks)->delivered(words[4]);
  if (!handed_over) throw failed(handed_over.error());
  for (const auto& task : handed_over->value())
    std::cout << task.id.value << '\n';
}

}  // namespace

int main(int count, char** words) {
  try {
    if (count != 5) throw std::runtime_error("CONFIG-DIRECTORY BUREAU DATASET DELIVERY <ROWS");
    hand_over(words);
    return 0;
  } catch (const std::exception& failure) {
    std::cerr << "hand_over: " << failure.what() << '\n';
    return 2;
  }
}
