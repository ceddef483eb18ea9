// Whoever can tell whether records of a dataset could be taken under the schema that it has here:
// this node's store, or over the uplink the center.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "exchange/catalogue.h"
#include "installation/installation.h"
#include "record/failure.h"

namespace sluice::installation {

// Why nothing of a dataset is to be taken in now; nothing where it may.
using SchemaObjection = std::function<std::optional<std::string>(const record::DatasetId&)>;

class SchemaSide {
 public:
  virtual ~SchemaSide() = default;

  // `installation` must outlive it. The error says why it can not be asked.
  [[nodiscard]] static std::expected<std::unique_ptr<SchemaSide>, record::Flaw> open(
      const Installation& installation);

  // Why they could not; nothing: they could, or will once the center has the schema, too. Blocks,
  // for seconds at most, and not for a center that takes long once `stop` is asked for.
  [[nodiscard]] virtual std::expected<std::optional<std::string>, record::Flaw> conflict(
      const exchange::KnownDataset& known, const std::stop_token& stop) = 0;
};

// For a run that asks of many rows: a side is opened when it is first needed, and asked once about
// each dataset; one that can not be asked is not asked again. Nothing, too, where it can not be:
// who waits is not refused. What it is given must outlive it; one thread.
using OpenSide = std::function<std::expected<std::unique_ptr<SchemaSide>, record::Flaw>()>;
[[nodiscard]] SchemaObjection asked_once(const exchange::Catalogue& catalogue, OpenSide open);

// The same for a job, which has a side of its own.
[[nodiscard]] SchemaObjection schema_objections(const Installation& installation);
// Of a job that asks once.
[[nodiscard]] std::optional<std::string> schema_objection(const Installation& installation,
                                                          const record::DatasetId& dataset);

}  // namespace sluice::installation
