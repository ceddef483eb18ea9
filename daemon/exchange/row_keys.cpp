#include "exchange/row_keys.h"

#include <string_view>

#include "record/copy_text.h"

namespace sluice::exchange {

std::optional<std::string> RowKeys::encode(const store::Row& row) const {
  record::Key key;
  std::string buffer;
  for (const std::size_t column : columns_) {
    const std::string_view escaped = row.columns[column];
    const auto text = record::unescape(escaped, buffer);
    if (record::is_null(escaped) || !text) return std::nullopt;
    key.emplace_back(*text);
  }
  return order_.encode(key);
}

}  // namespace sluice::exchange
