#include "store/row_reader.h"

#include "record/copy_text.h"

namespace sluice::store {

RowReader::RowReader(const record::TableSchema& schema)
    : columns_(record::leading_columns + schema.fields.size()) {
  salts_.reserve(schema.fields.size());
  for (const record::Field& field : schema.fields) {
    salts_.push_back(record::column_salt(field.name));
  }
}

record::RowDigest RowReader::digest(std::span<const std::string_view> fields) const {
  record::RowDigester digester;
  for (std::size_t i = 0; i < salts_.size(); ++i) {
    if (!record::is_null(fields[i])) digester.add(salts_[i], fields[i]);
  }
  return digester.digest();
}

bool RowReader::read(std::string_view line, std::uint64_t number, Row& row) {
  if (!record::split_line(line, columns_)) return false;
  row.number = number;
  row.operation = columns_[0] == "D" ? record::Operation::remove : record::Operation::upsert;
  row.source_time = columns_[1];
  const std::string_view first = columns_[record::leading_columns];
  row.fields = line.substr(static_cast<std::size_t>(first.data() - line.data()));
  row.columns = std::span(columns_).subspan(record::leading_columns);
  row.digest = digest(row.columns);
  return true;
}

}  // namespace sluice::store
