// Direct docking (系统对接): the rows of one call's body, each handed to the intake's door.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/adapter.h"
#include "adapters/direct/cloud_event.h"
#include "adapters/direct/media_type.h"
#include "adapters/direct/member_table.h"
#include "adapters/direct/record_reader.h"

namespace sluice::adapters::direct {

// A body lies in memory whole, so that nothing of a malformed one is taken.
inline constexpr std::uint64_t max_body_bytes = std::uint64_t{16} << 20;

// What a caller sent. Views of the request, which must outlive the collector.
struct Call {
  MediaType media_type = MediaType::json;
  std::string_view body;
  // From the `ce-` headers (event_headers.h); only with MediaType::event_binary.
  EventAttributes event;
  std::string_view extensions = {};
  std::optional<intake::RowProblem> event_fault = std::nullopt;
};

// A row's place is its index in the array from 1, or its line in NDJSON. A malformed array or
// object is `bad_syntax` at line:column (in bytes) and nothing reaches the door; a malformed line
// of NDJSON is rejected alone, as is a record of more than `max_row_bytes`.
class CallCollector final : public Collector {
 public:
  // All must outlive the collector; `buffers` serves one collector at a time. Making a collector is
  // cheap and allocates nothing.
  CallCollector(const Call& call, const MemberTable& members, std::uint64_t max_row_bytes,
                RowBuffers& buffers)
      : call_(call), members_(members), max_row_bytes_(max_row_bytes), reader_(members, buffers) {}

  [[nodiscard]] Result<void> collect(intake::Door& door, Progress& progress) override;

 private:
  struct Way;  // the door, and what is told of the progress towards it
  Result<void> collect_json(Way& way);
  Result<void> collect_array(std::string_view body, Way& way);
  Result<void> collect_lines(Way& way);
  Result<void> collect_line(std::string_view line, std::uint64_t number, Way& way);
  Result<void> collect_binary_event(Way& way);
  Result<void> hand_over(std::string_view json, std::uint64_t place, Way& way);

  const Call& call_;
  const MemberTable& members_;
  std::uint64_t max_row_bytes_;
  RecordReader reader_;
};

// "line 3, column 17": lines and bytes counted from 1.
[[nodiscard]] std::string place_in(std::string_view body, std::size_t offset);

}  // namespace sluice::adapters::direct
