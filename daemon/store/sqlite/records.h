// Reads a dataset's records: all of them, whichever version of its tables they lie in, or one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "record/table_schema.h"
#include "store/sqlite/central_file.h"
#include "store/store.h"

namespace sluice::store::sqlite {

// As in Store::read(); `up_to`: the last ledger id that counts; nothing: as they are now. `tables`
// is the name under which they lie.
[[nodiscard]] Result<void> read_records(CentralFile& file, const record::DatasetId& tables,
                                        const record::TableSchema& schema,
                                        std::optional<std::int64_t> up_to,
                                        const std::function<bool(const StoredRecord&)>& consume);

// As Store::find(), of what is a key.
[[nodiscard]] Result<std::optional<FoundRecord>> find_record(CentralFile& file,
                                                             const record::Dataset& dataset,
                                                             const record::Key& key);

}  // namespace sluice::store::sqlite
