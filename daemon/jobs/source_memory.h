// What a comparison remembers of an exchange database's table: which rows it had, and what became
// of them. Of a table where nothing has changed since nothing is read, where its database can say
// so.
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "adapters/front_end/table_memory.h"
#include "exchange/catalogue.h"
#include "reconciliation/source_digests.h"
#include "record/digest.h"
#include "settings/settings.h"

namespace sluice::jobs {

class SourceMemory final : public adapters::front_end::TableMemory {
 public:
  // `digests` must outlive it. The rest is what decides what becomes of a row.
  SourceMemory(reconciliation::SourceDigests& digests, const exchange::KnownDataset& known,
               const adapters::front_end::ExchangeDatabase& database,
               const settings::Publication& publication);

  [[nodiscard]] adapters::Result<std::vector<adapters::front_end::StretchSum>> recall(
      const std::optional<record::Digest>& columns) override;
  void forget(adapters::front_end::StretchRange stretches) override;
  void remember(const adapters::front_end::StretchSum& stretch) override;

 private:
  reconciliation::SourceDigests& digests_;
  record::Digest conversion_;
};

}  // namespace sluice::jobs
