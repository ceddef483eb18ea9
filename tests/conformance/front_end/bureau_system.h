// A bureau's system as far as it writes to the exchange database, and a gateway that collects from
// it into a replica: what every way of capture must keep the same.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/front_end/front_end_collector.h"
#include "conformance/front_end/exchange_homes.h"
#include "intake/change_intake.h"
#include "support/temporary_directory.h"

namespace sluice::adapters::front_end::conformance {

enum class Way {
  watermark,
  watermark_zoned,  // a moment, where the database has such a type
  watermark_number,
  flag,
  change_log,
  change_log_alone,
  snapshot
};
inline constexpr Way ways[] = {Way::watermark, Way::watermark_zoned, Way::watermark_number,
                               Way::flag,      Way::change_log,      Way::change_log_alone,
                               Way::snapshot};
[[nodiscard]] std::string to_string(Way way);

// What a payment is: its amount is the text that SQL is given.
struct Payment {
  int id = 0;
  std::string name;
  std::string amount = "1.00";
};

class BureauSystem {
 public:
  BureauSystem(Product product, Way way);

  void insert(const Payment& payment);
  void update(const Payment& payment);
  void remove(int id);
  // Whether the way can notice that a record is gone.
  [[nodiscard]] bool tells_deletes() const;

  // The next change is dated this much before the one before it, as a transaction that was long
  // under way would be.
  void date_back(int ticks) { tick_ -= ticks; }
  void date_forward(int ticks) { tick_ += ticks; }

  // A table of payments; `key` is what is said of its first column, `id`.
  void create_table(const std::string& name, const std::string& key);
  void execute(const std::string& sql);
  [[nodiscard]] std::string value(const std::string& sql);  // of one row's one column
  [[nodiscard]] Home& home() { return *home_; }
  [[nodiscard]] Way way() const { return way_; }
  [[nodiscard]] ExchangeTable exchange() const;

 private:
  void create_tables();
  void note_change(int id, const std::string& operation);
  [[nodiscard]] std::string stamp() const;

  std::unique_ptr<Home> home_;
  Product product_;
  Way way_;
  std::optional<odbc::Connection> connection_;
  int tick_ = 0;
  int sequence_ = 0;
};

// Collects as a node does: each run takes up where the last batch that was kept left off.
class Gateway {
 public:
  explicit Gateway(BureauSystem& bureau) : bureau_(bureau) {}

  // A run; its sink takes only so many batches, and then fails as a journal without disk does.
  std::expected<void, CollectionFailure> collect(std::optional<std::size_t> most_batches = {});
  // What is kept of look-back windows is dated so far back: as if the next run came so much later.
  void let_pass(std::chrono::microseconds time);
  // The records as `id name amount`.
  [[nodiscard]] std::vector<std::string> records() const;

  std::size_t rows_sent = 0;         // in all runs
  std::size_t rows_quarantined = 0;  // likewise
  std::vector<std::string> reasons;  // of each of these, `rule: sentence`
  std::size_t batches = 0;           // likewise
  std::function<void()> on_batch;    // after each, while the run goes on
  std::size_t page_rows = 10'000;
  intake::BatchSize batch{.rows = 20'000, .bytes = 1 << 20};
  intake::RejectLimit reject_limit;
  std::optional<odbc::Access> access;     // in place of the bureau's own
  std::optional<ExchangeTable> exchange;  // likewise
  record::FieldsMatch fields_match = record::FieldsMatch::equal;
  std::vector<std::string> key = {"id"};  // columns that the primary key comes from
  std::vector<std::string> fields = {"id", "name", "amount"};  // columns that are read
  bool accepts_columns = false;
  bool reads_anew = false;
  bool deletes_anyway = false;
  HeldBack held_back;  // of the last run
  // What other ways of capture have columns for, this one knowingly drops.
  intake::Mapping mapping{.ignore = {"updated_at", "version", "status", "reason", "op", "seq"}};
  std::string time_zone = "Asia/Shanghai";
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();  // of the next run

 private:
  friend class ReplicaSink;
  BureauSystem& bureau_;
  record::test::TemporaryDirectory directory_;
  std::string position_;
  std::map<std::string, std::string> replica_;
};

}  // namespace sluice::adapters::front_end::conformance
