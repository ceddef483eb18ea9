// One change of a batch as the stores see it: a payload line that was looked at once, with all that
// has been found out about it. Views live as long as the line does.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "record/copy_text.h"
#include "record/digest.h"

namespace sluice::store {

struct Row {
  std::uint64_t number = 0;  // 1 is the payload's first line
  record::Operation operation = record::Operation::upsert;
  record::RowDigest digest;
  std::string_view source_time;               // COPY text; \N where the source does not say
  std::string_view fields;                    // the schema's fields as they stand in the line
  std::span<const std::string_view> columns;  // the same, split and still escaped
};

}  // namespace sluice::store
