#include <stdexcept>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "adapters/manual_entry/task_deliverer.h"
#include "clerks/clerks_queue.h"
#include "conformance/deliverer/deliverer_suite.h"
#include "conformance/tasks_home.h"

namespace sluice::adapters::conformance {
namespace {

using test::lease;
using test::park;
using test::wang;

const record::Time noon = record::parse_time("2026-11-23T04:00:00.000Z").value();

// A deliverer with its own handle on the tasks.
class OwnDeliverer final : public Deliverer {
 public:
  explicit OwnDeliverer(std::unique_ptr<tasks::Tasks> tasks) : tasks_(std::move(tasks)) {}
  DeliveryResult<void> deliver(const Delivery& delivery, DeliveryRows& rows) override {
    return deliverer_.deliver(delivery, rows);
  }
  DeliveryResult<Answers> answers(const record::DeliveryName& name, std::uint64_t after,
                                  std::size_t most) override {
    return deliverer_.answers(name, after, most);
  }
  DeliveryResult<Withdrawal> withdraw(const record::DeliveryName& name) override {
    return deliverer_.withdraw(name);
  }

 private:
  std::unique_ptr<tasks::Tasks> tasks_;
  clerks::ClerksQueue queue_{*tasks_, park, [] { return noon; }};
  manual_entry::TaskDeliverer deliverer_{queue_, *date::locate_zone("Asia/Shanghai")};
};

// A bureau with one clerk.
class Clerks final : public Receiver {
 public:
  explicit Clerks(const test::TasksKind& kind) : home_(kind.make()), tasks_(home_->open()) {}

  std::unique_ptr<Deliverer> open() override {
    return std::make_unique<OwnDeliverer>(home_->open());
  }

  std::vector<ReceivedRow> received(const record::DeliveryName& name) override {
    std::vector<ReceivedRow> rows;
    const auto delivered = tasks_->delivered(record::to_string(name)).value().value();
    for (const tasks::Task& task : delivered) {
      ReceivedRow& row = rows.emplace_back(ReceivedRow{task.asked.outgoing->operation, {}});
      const auto keyed = tasks_->find(task.id, wang).value().value();
      const auto fields = boost::json::parse(keyed.delivered.value());
      for (const boost::json::value& field : fields.as_array()) {
        const boost::json::object& shown = field.as_object();
        const auto* const value = shown.if_contains("value");
        row.fields.push_back(
            {std::string(shown.at("field").as_string()),
             value != nullptr ? std::optional(std::string(value->as_string())) : std::nullopt});
      }
    }
    return rows;
  }

  void take(const record::DeliveryName& name, std::uint64_t row) override {
    begin(name, row);
    apply(name, row, tasks::ConfirmDelivery{wang, fmt::format("No. {}", row)});
  }
  void refuse(const record::DeliveryName& name, std::uint64_t row,
              const std::string& reason) override {
    begin(name, row);
    apply(name, row, tasks::DeclineDelivery{wang, reason});
  }
  void begin(const record::DeliveryName& name, std::uint64_t row) override {
    apply(name, row, tasks::ClaimIt{wang, {tasks::TaskState::open}, lease});
  }

  // A row that the database does not take, as where a disk is full in the middle.
  void break_at(std::uint64_t row) override {
    home_->break_insertion(fmt::format("delivery_row = {}", row));
  }
  void repair() override { home_->repair_insertion(); }

  std::optional<std::size_t> most_rows() const override {
    return manual_entry::most_rows_for_clerks;
  }
  std::map<std::string, std::string> typed_texts() const override {
    return {{"number", "1"},
            {"name", "甲"},
            {"integer", "-1200"},
            {"number-with-comma", "0,50"},
            {"yes", "是"},
            {"no", "否"},
            {"date", "2026-11-23"},
            {"datetime", "2026-11-24 04:44:00"},
            {"exact-datetime", "2026-11-23 12:44:00.25"},
            {"time", "04:44:00"},
            {"year", "2026"},
            {"yearmonth", "2026-11"},
            {"duration", "P1Y"},
            {"object", R"({"a":1})"},
            {"array", R"([1,"x"])"}};
  }

 private:
  void apply(const record::DeliveryName& name, std::uint64_t row, const tasks::Action& action) {
    const auto delivered = tasks_->delivered(record::to_string(name)).value().value();
    const auto applied = tasks_->apply(delivered.at(row - 1).id, action, noon);
    if (!applied) throw std::runtime_error(record::to_string(applied.error()));
  }

  std::unique_ptr<test::TasksHome> home_;
  std::unique_ptr<tasks::Tasks> tasks_;
};

std::vector<Channel> channels() {
  std::vector<Channel> channels;
  for (const test::TasksKind& kind : test::tasks_kinds())
    channels.push_back({kind.name, [kind] { return std::make_unique<Clerks>(kind); }});
  return channels;
}

INSTANTIATE_TEST_SUITE_P(Clerks, DelivererConformance, testing::ValuesIn(channels()), channel_name);

}  // namespace
}  // namespace sluice::adapters::conformance
