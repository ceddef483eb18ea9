#include "exchange/version_fields.h"

#include "record/copy_text.h"

namespace sluice::exchange {

VersionFields::VersionFields(const record::TableSchema& schema)
    : rows_(schema),
      order_(schema),
      key_columns_(record::key_columns(schema)),
      fields_(schema.fields.size()) {}

bool VersionFields::read(const store::StoredVersion& version) {
  if (!record::split_line(version.columns, fields_)) return false;
  key_.clear();
  key_is_whole_ = true;
  std::string buffer;
  for (const std::size_t column : key_columns_) {
    const std::string_view escaped = fields_[column];
    key_is_whole_ = key_is_whole_ && !record::is_null(escaped);
    key_.emplace_back(
        record::is_null(escaped) ? escaped : record::unescape(escaped, buffer).value_or(escaped));
  }
  return true;
}

std::optional<std::string> VersionFields::encoded_key() const {
  return key_is_whole_ ? order_.encode(key_) : std::nullopt;
}

}  // namespace sluice::exchange
