// Front-end docking (前置机): one run over one table of a bureau's exchange database: connect, hold
// the table against schema and configuration, and hand what has changed to the intake's door.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/front_end/exchange_table.h"
#include "adapters/front_end/odbc/connection.h"
#include "adapters/front_end/position.h"
#include "intake/settlement.h"
#include "record/identifiers.h"

namespace sluice::adapters::front_end {

// A table to collect, and what is kept about it.
struct Source {
  odbc::Access access;
  ExchangeTable exchange;
  record::DatasetId dataset;
  std::vector<std::string> fields;  // source columns that the dataset's fields come from
  std::vector<std::string> key;     // those of its primary key
  std::uint64_t max_row_bytes = std::uint64_t{1} << 20;
  std::filesystem::path folder;  // for what the captures of this bureau keep; exists
  std::size_t page_rows = 10'000;
  bool accepts_columns = false;  // column types that have changed are taken as they are
  bool reads_anew = false;       // as if for the first time
};

// A row's place is its number in the run. A row that the database can not tell, or that is longer
// than the limit, goes to quarantine; the run goes on.
class FrontEndCollector final : public Collector {
 public:
  // `settlement` is of the same intake as the door that collect() is given; it must outlive the
  // collector.
  FrontEndCollector(Source source, intake::Settlement& settlement);

  [[nodiscard]] std::expected<void, CollectionFailure> collect(intake::Door& door,
                                                               Progress& progress) override;

 private:
  std::expected<void, CollectionFailure> collect_from(odbc::Connection& connection,
                                                      intake::Door& door, Progress& progress);
  [[nodiscard]] std::expected<Position, CollectionFailure> find_position() const;

  Source source_;
  intake::Settlement& settlement_;
};

// The way's name, as the configuration and the position have it.
[[nodiscard]] std::string_view name_of(const Capture& way);

}  // namespace sluice::adapters::front_end
