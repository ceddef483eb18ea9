// The batch that an intake is filling: its lines, its quarantined rows, and the limits on both.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "intake/batch_sink.h"
#include "intake/delivery.h"
#include "intake/door.h"

namespace sluice::intake {

class BatchBuilder {
 public:
  BatchBuilder(const SourceDelivery& delivery, const BatchSize& size)
      : delivery_(delivery), size_(size) {}

  // The source's columns, which quarantined rows are kept with.
  void name_columns(std::span<const std::string> columns);

  // `place`: as of SourceRow; 0: the source has the row no more.
  void add(record::Operation operation, std::string_view line, std::uint64_t place);
  // `refused` once more rows failed than the reject limit allows. `delivery`: of the delivery's
  // rows so far, this one included.
  [[nodiscard]] Result<void> quarantine(std::uint64_t place, std::string_view original,
                                        const RowProblem& problem, const RowTally& delivery);
  // All rows so far were taken by an earlier run: the batch begins behind them.
  void begin_behind(const RowTally& delivery) { closed_ = delivery; }
  [[nodiscard]] std::uint64_t rows() const;
  [[nodiscard]] bool is_full() const { return rows() >= size_.rows || bytes_ >= size_.bytes; }

  // No row comes any more: a share is then one of the rows that there were.
  void end_delivery() { delivery_.most_rows = 0; }

  // What is in it, with the source's cursor; leaves it empty. `refused` where too large a share of
  // the delivery's rows has failed.
  [[nodiscard]] Result<ConvertedBatch> close(std::string cursor, const RowTally& delivery);

  // How often each "field: rule" was the reason for a quarantined row since the beginning.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& reasons() const { return reasons_; }

 private:
  [[nodiscard]] RowTally since_close(const RowTally& delivery) const;
  [[nodiscard]] Counted counted(const RowTally& delivery) const;
  [[nodiscard]] std::unexpected<IntakeFailure> refused(const std::string& passed) const;

  SourceDelivery delivery_;
  BatchSize size_;
  std::string columns_;  // as a JSON array
  ConvertedBatch batch_;
  RowTally closed_;  // the delivery's, when the batch before this one was closed
  std::uint64_t bytes_ = 0;
  std::map<std::string, std::uint64_t> reasons_;
};

}  // namespace sluice::intake
