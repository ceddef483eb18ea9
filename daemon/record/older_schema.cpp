#include "record/older_schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/copy_text.h"

namespace sluice::record {

std::optional<std::string> why_unreadable(const TableSchema& written, const TableSchema& present) {
  std::vector<std::string> found;
  if (written.primary_key != present.primary_key) {
    found.push_back(fmt::format("its primary key is ({}), the present one ({})",
                                fmt::join(written.primary_key, ", "),
                                fmt::join(present.primary_key, ", ")));
  }
  for (const Field& field : written.fields) {
    const auto index = field_index(present, field.name);
    if (!index) {
      found.push_back(fmt::format("it has a field {}, the present one has not", field.name));
    } else if (present.fields[*index].type != field.type) {
      found.push_back(fmt::format("its field {} is of type {}, the present one's of type {}",
                                  field.name, to_string(field.type),
                                  to_string(present.fields[*index].type)));
    }
  }
  if (found.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(found, "; "));
}

LineTurner::LineTurner(const TableSchema& written, const TableSchema& present)
    : columns_(leading_columns + written.fields.size()) {
  sources_.reserve(present.fields.size());
  for (const Field& field : present.fields) {
    const auto index = field_index(written, field.name);
    sources_.push_back(index ? std::optional(leading_columns + *index) : std::nullopt);
  }
}

std::string_view LineTurner::turn(std::string_view line) {
  turned_.clear();
  if (!split_line(line, columns_)) return turned_;
  turned_.append(columns_[0]).append(1, '\t').append(columns_[1]);
  for (const auto& source : sources_) {
    turned_ += '\t';
    if (source) {
      turned_ += columns_[*source];
    } else {
      append_null(turned_);
    }
  }
  return turned_;
}

}  // namespace sluice::record
