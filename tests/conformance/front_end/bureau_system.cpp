#include "conformance/front_end/bureau_system.h"

#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "intake/batch_sink.h"
#include "record/copy_text.h"
#include "sqlite/database.h"

namespace sluice::adapters::front_end::conformance {
namespace {

struct Dataset {
  record::Dataset dataset{.id = record::DatasetId("payment"),
                          .owner = record::BureauId("local-tax"),
                          .schema = {.fields = {{.name = "id",
                                                 .type = record::FieldType::integer,
                                                 .constraints = {.required = true}},
                                                {.name = "name", .constraints = {.required = true}},
                                                {.name = "amount",
                                                 .type = record::FieldType::number,
                                                 .constraints = {.minimum = "0"}}},
                                     .primary_key = {"id"},
                                     .fields_match = record::FieldsMatch::equal}};
  record::RecordChecker checker = record::RecordChecker::compile(dataset.schema).value();
};

class NoProgress : public Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

}  // namespace

// Applies each batch to the replica when it is put: what is put is as good as durable here.
class ReplicaSink : public intake::BatchSink {
 public:
  ReplicaSink(Gateway& gateway, std::optional<std::size_t> most) : gateway_(gateway), left_(most) {}

  std::expected<void, intake::IntakeFailure> put(intake::ConvertedBatch batch) override {
    if (left_ && (*left_)-- == 0) {
      return std::unexpected(intake::IntakeFailure{intake::IntakeProblem::journal_failed, "",
                                                   "the disk of this test is full"});
    }
    apply(batch.lines);
    gateway_.rows_quarantined += batch.quarantined.size();
    for (const journal::QuarantinedRow& row : batch.quarantined)
      gateway_.reasons.push_back(row.rule + ": " + row.sentence);
    gateway_.position_ = batch.cursor;
    ++gateway_.batches;
    if (gateway_.on_batch) gateway_.on_batch();
    return {};
  }
  std::expected<record::Sequence, intake::IntakeFailure> finish() override {
    return record::Sequence{1};
  }

 private:
  [[nodiscard]] std::string key_of(std::span<const std::string_view> columns) const {
    std::string key;
    for (const std::string& name : gateway_.key) {
      key += columns[name == "id" ? 2 : name == "name" ? 3 : 4];
      key += ' ';
    }
    return key;
  }
  void apply(std::string_view lines) {
    while (!lines.empty()) {
      const std::string_view line = lines.substr(0, lines.find('\n'));
      lines.remove_prefix(line.size() + 1);
      std::array<std::string_view, 5> columns;
      if (!record::split_line(line, columns)) throw std::runtime_error("not a line of a payment");
      ++gateway_.rows_sent;
      const std::string key = key_of(columns);
      if (columns[0] == "D") {
        gateway_.replica_.erase(key);
      } else {
        gateway_.replica_[key] = fmt::format("{} {} {}", columns[2], columns[3], columns[4]);
      }
    }
  }

  Gateway& gateway_;
  std::optional<std::size_t> left_;
};

std::string to_string(Way way) {
  switch (way) {
    case Way::watermark:
      return "watermark";
    case Way::watermark_zoned:
      return "watermark_zoned";
    case Way::watermark_number:
      return "watermark_number";
    case Way::flag:
      return "flag";
    case Way::change_log:
      return "change_log";
    case Way::change_log_alone:
      return "change_log_alone";
    case Way::snapshot:
      break;
  }
  return "snapshot";
}

BureauSystem::BureauSystem(Product product, Way way)
    : home_(make_home(product)), product_(product), way_(way) {
  create_tables();
}

void BureauSystem::create_tables() {
  // The bureau's own disk is nothing that is tested here.
  if (product_ == Product::postgresql) execute("SET synchronous_commit TO off");
  if (product_ == Product::sqlite) execute("PRAGMA synchronous = OFF");
  create_table("payment", "NOT NULL PRIMARY KEY");
  execute(
      "CREATE TABLE payment_log (seq BIGINT NOT NULL PRIMARY KEY, op CHAR(1), id INTEGER, "
      "name VARCHAR(40), amount DECIMAL(12,2))");
}

void BureauSystem::create_table(const std::string& name, const std::string& key) {
  const bool is_mariadb = product_ == Product::mariadb || product_ == Product::mariadb_gbk;
  std::string moment = is_mariadb ? "DATETIME(6)" : "TIMESTAMP";
  if (way_ == Way::watermark_zoned && is_mariadb) moment = "TIMESTAMP(6) NULL";
  if (way_ == Way::watermark_zoned && product_ == Product::postgresql) moment = "TIMESTAMPTZ";
  execute(
      fmt::format("CREATE TABLE {} (id INTEGER {}, name VARCHAR(40), amount DECIMAL(12,2), "
                  "updated_at {}, version BIGINT, status CHAR(1), reason VARCHAR(60), op CHAR(1))",
                  name, key, moment));
}

void BureauSystem::execute(const std::string& sql) {
  if (!connection_) {
    auto opened = odbc::Connection::open(home_->access());
    if (!opened) throw std::runtime_error(record::to_string(opened.error()));
    connection_ = std::move(*opened);
  }
  const auto done = connection_->execute(sql, {});
  if (!done) throw std::runtime_error(sql + ": " + record::to_string(done.error()));
}

std::string BureauSystem::value(const std::string& sql) {
  const std::vector<odbc::SourceColumn> one(1);
  auto cursor = connection_->query(sql, {}, one, {});
  if (!cursor) throw std::runtime_error(sql + ": " + record::to_string(cursor.error()));
  if (cursor->next_block().value() == 0) return "no row";
  return std::string(cursor->exact(0, 0).value_or("NULL"));
}

std::string BureauSystem::stamp() const {
  return fmt::format("2026-01-0{} {:02}:{:02}:{:02}.250000", 1 + tick_ / 86400, tick_ / 3600 % 24,
                     tick_ / 60 % 60, tick_ % 60);
}

bool BureauSystem::tells_deletes() const {
  return way_ != Way::watermark && way_ != Way::watermark_zoned && way_ != Way::watermark_number;
}

void BureauSystem::note_change(int id, const std::string& operation) {
  ++tick_;
  if (way_ == Way::change_log || way_ == Way::change_log_alone) {
    const bool is_removed = operation == "D";
    const std::string values = is_removed
                                   ? fmt::format("{}, NULL, NULL", id)
                                   : fmt::format("id, name, amount FROM payment WHERE id = {}", id);
    execute(fmt::format("INSERT INTO payment_log SELECT {}, '{}', {}", tick_, operation, values));
  }
}

void BureauSystem::insert(const Payment& payment) {
  execute(
      fmt::format("INSERT INTO payment (id, name, amount, updated_at, version, status, op) VALUES "
                  "({}, '{}', {}, '{}', {}, '0', 'I')",
                  payment.id, payment.name, payment.amount, stamp(), tick_));
  note_change(payment.id, "I");
}

void BureauSystem::update(const Payment& payment) {
  execute(
      fmt::format("UPDATE payment SET name = '{}', amount = {}, updated_at = '{}', "
                  "version = {}, status = '0', op = 'U' WHERE id = {}",
                  payment.name, payment.amount, stamp(), tick_, payment.id));
  note_change(payment.id, "U");
}

void BureauSystem::remove(int id) {
  if (way_ == Way::flag) {
    execute(fmt::format("UPDATE payment SET status = '0', op = 'D' WHERE id = {}", id));
  } else {
    execute(fmt::format("DELETE FROM payment WHERE id = {}", id));
  }
  note_change(id, "D");
}

ExchangeTable BureauSystem::exchange() const {
  ExchangeTable exchange{.table = {.name = "payment"}};
  switch (way_) {
    case Way::watermark:
    case Way::watermark_zoned:
      exchange.capture = capture::ByWatermark{.column = "updated_at"};
      break;
    case Way::watermark_number:
      exchange.capture = capture::ByWatermark{.column = "version", .look_back_numbers = 300};
      break;
    case Way::flag:
      exchange.capture =
          capture::ByFlag{.column = "status", .reason_column = "reason", .operation_column = "op"};
      break;
    case Way::change_log:
      exchange.capture = capture::ByChangeLog{.log = {.name = "payment_log"},
                                              .sequence = "seq",
                                              .operation = "op",
                                              .look_back_numbers = 300};
      break;
    case Way::change_log_alone:
      exchange.table = {};
      exchange.capture = capture::ByChangeLog{.log = {.name = "payment_log"},
                                              .sequence = "seq",
                                              .operation = "op",
                                              .look_back_numbers = 300};
      break;
    case Way::snapshot:
      exchange.capture = capture::BySnapshot{};
      break;
  }
  return exchange;
}

std::expected<void, CollectionFailure> Gateway::collect(std::optional<std::size_t> most_batches) {
  Dataset payment;
  payment.dataset.schema.fields_match = fields_match;
  payment.dataset.schema.primary_key = key;
  payment.checker = record::RecordChecker::compile(payment.dataset.schema).value();
  ReplicaSink sink(*this, most_batches);
  intake::ChangeIntake intake({.dataset = payment.dataset,
                               .checker = payment.checker,
                               .mapping = mapping,
                               .reject_limit = reject_limit,
                               .mode = record::Mode::front_end,
                               .source = "payment"},
                              batch, position_, sink);
  odbc::Access reached = access.value_or(bureau_.home().access());
  reached.time_zone = time_zone;
  FrontEndCollector collector({.access = reached,
                               .exchange = exchange.value_or(bureau_.exchange()),
                               .dataset = payment.dataset.id,
                               .fields = fields,
                               .key = key,
                               .folder = directory_.path(),
                               .page_rows = page_rows,
                               .accepts_columns = accepts_columns,
                               .reads_anew = reads_anew,
                               .now = now,
                               .deletes_anyway = deletes_anyway},
                              intake);
  NoProgress progress;
  auto collected = collector.collect(intake, progress);
  held_back = collector.held_back();
  return collected;
}

void Gateway::let_pass(std::chrono::microseconds time) {
  auto file = sqlite::Database::open(directory_.path() / "sent.sqlite").value();
  const auto dated =
      file.execute(fmt::format("UPDATE look_back SET read_at = read_at - {}", time.count()));
  if (!dated) throw std::runtime_error(dated.error().message);
}

std::vector<std::string> Gateway::records() const {
  std::vector<std::string> records;
  for (const auto& [id, record] : replica_)
    records.push_back(record);
  return records;
}

}  // namespace sluice::adapters::front_end::conformance
