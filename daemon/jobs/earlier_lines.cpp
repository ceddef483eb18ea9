#include "jobs/earlier_lines.h"

#include <utility>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::jobs {

std::expected<void, record::Flaw> EarlierLines::open(
    const installation::Installation& installation) {
  if (store_) return {};
  auto opened = installation.open_store_to_look_up();
  if (!opened) return std::unexpected(record::Flaw{record::to_string(opened.error())});
  store_ = std::move(*opened);
  versions_.emplace(*store_);
  return {};
}

std::expected<std::string, record::Flaw> EarlierLines::turn(
    const installation::Installation& installation, const exchange::KnownDataset& known,
    const record::Digest& written, std::string_view line) {
  const auto refuse = [&](std::string_view why) {
    return std::unexpected(record::Flaw{fmt::format(
        "it was made under an earlier schema of {}, {}; take it again corrected (`--with`), in "
        "the columns of the present one",
        known.dataset.id.str(), why)});
  };
  if (!installation.settings.node.store) return refuse("which only its center keeps");
  SLUICE_TRY(open(installation));
  const auto schema = store_->schema(written);
  if (!schema) return std::unexpected(record::Flaw{record::to_string(schema.error())});
  if (!*schema) return refuse("which the store does not have");
  const auto versions = versions_->of(known.dataset);
  if (!versions) return std::unexpected(record::Flaw{record::to_string(versions.error())});
  auto conversion = (*versions)->to_present(**schema);
  if (!conversion) return refuse(conversion.error().why);
  const auto present = conversion->turn(line);
  if (!present) {
    const store::Unfit& why = present.error();
    return refuse(fmt::format("and does not fit the present one ({}: {}: {})", why.field, why.rule,
                              why.sentence));
  }
  return std::string(present->empty() ? line : *present);
}

}  // namespace sluice::jobs
