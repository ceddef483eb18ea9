#include "installation/schema_side.h"

#include <chrono>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "installation/schema_check.h"
#include "link/bandwidth.h"
#include "link/https/center_answer.h"
#include "link/https/https_caller.h"
#include "link/https/uplink_identity.h"
#include "reconciliation/schema_standing.h"
#include "record/try.h"

namespace sluice::installation {
namespace {

using Conflict = std::expected<std::optional<std::string>, record::Flaw>;

// The center looks up what is small; where it waits for a lock, it is asked again.
constexpr std::chrono::seconds longest_silence_of_center{5};
constexpr unsigned forbidden = 403;
constexpr unsigned not_found = 404;

class StoreSide final : public SchemaSide {
 public:
  explicit StoreSide(std::unique_ptr<store::Store> store) : store_(std::move(store)) {}

  Conflict conflict(const exchange::KnownDataset& known, const std::stop_token&) override {
    const auto checked = check_schema(*store_, known);
    if (checked) return std::nullopt;
    std::string why = record::to_string(checked.error());
    if (checked.error().code == store::StoreProblem::schema_conflict) return why;
    return std::unexpected(record::Flaw{std::move(why)});
  }

 private:
  std::unique_ptr<store::Store> store_;
};

class CenterSide final : public SchemaSide {
 public:
  CenterSide(const link::Uplink& uplink, std::unique_ptr<link::UplinkIdentity> identity)
      : identity_(std::move(identity)), caller_(uplink, *identity_, bandwidth_) {}

  Conflict conflict(const exchange::KnownDataset& known, const std::stop_token& stop) override {
    const std::string schema = record::canonical_json(known.dataset.schema);
    const link::HttpRequest question{
        .method = "POST",
        .target = fmt::format("/v1/datasets/{}/schema", known.dataset.id.str()),
        .content_type = "application/json",
        .body = schema};
    auto reply = caller_.call(question, longest_silence_of_center, stop);
    if (!reply) return std::unexpected(record::Flaw{record::to_string(reply.error())});
    // One of before there was such a question, or that does not know the dataset yet.
    if (reply->answer.status == not_found || reply->answer.status == forbidden) return std::nullopt;
    const auto body = link::read_body(std::move(reply->answer), reply->place);
    if (!body) return std::unexpected(record::Flaw{record::to_string(body.error())});
    const auto standing = reconciliation::parse_schema_standing(*body);
    if (!standing) {
      return std::unexpected(record::Flaw{
          record::to_string(link::not_understood(reply->place, "what it has of a schema"))});
    }
    if (standing->state != reconciliation::SchemaStanding::State::conflict) return std::nullopt;
    return "the center says: " + standing->reason;
  }

 private:
  std::unique_ptr<link::UplinkIdentity> identity_;
  link::Bandwidth bandwidth_{std::nullopt};
  link::HttpsCaller caller_;
};

class RunOfQuestions {
 public:
  RunOfQuestions(const exchange::Catalogue& catalogue, OpenSide open)
      : catalogue_(catalogue), open_(std::move(open)) {}

  std::optional<std::string> objection(const record::DatasetId& dataset) {
    const exchange::KnownDataset* known = catalogue_.find(dataset);
    if (known == nullptr) return std::nullopt;
    const auto told = told_.find(dataset);
    if (told != told_.end()) return told->second;
    if (!can_be_asked()) return std::nullopt;
    auto conflict = side_->conflict(*known, {});
    is_away_ = !conflict;
    return told_.emplace(dataset, std::move(conflict).value_or(std::nullopt)).first->second;
  }

 private:
  bool can_be_asked() {
    if (side_ || is_away_) return !is_away_;
    auto opened = open_();
    is_away_ = !opened;
    if (opened) side_ = std::move(*opened);
    return !is_away_;
  }

  const exchange::Catalogue& catalogue_;
  OpenSide open_;
  std::unique_ptr<SchemaSide> side_;
  bool is_away_ = false;
  std::map<record::DatasetId, std::optional<std::string>> told_;
};

}  // namespace

std::expected<std::unique_ptr<SchemaSide>, record::Flaw> SchemaSide::open(
    const Installation& installation) {
  const settings::Node& node = installation.settings.node;
  if (!node.uplink) {
    auto store = installation.open_store_to_look_up();
    if (!store) return std::unexpected(record::Flaw{record::to_string(store.error())});
    return std::make_unique<StoreSide>(std::move(*store));
  }
  auto identity =
      link::UplinkIdentity::load({node.identity.certificate, node.identity.key,
                                  node.identity.authorities, node.identity.revocations});
  if (!identity) return std::unexpected(record::Flaw{record::to_string(identity.error())});
  return std::make_unique<CenterSide>(*node.uplink, std::move(*identity));
}

SchemaObjection asked_once(const exchange::Catalogue& catalogue, OpenSide open) {
  return [run = std::make_shared<RunOfQuestions>(catalogue, std::move(open))](
             const record::DatasetId& dataset) { return run->objection(dataset); };
}

SchemaObjection schema_objections(const Installation& installation) {
  // An embedded store is not made by asking.
  if (!installation.settings.node.uplink && !has_begun_store(installation.settings)) {
    return [](const record::DatasetId&) { return std::nullopt; };
  }
  return asked_once(installation.catalogue,
                    [&installation] { return SchemaSide::open(installation); });
}

std::optional<std::string> schema_objection(const Installation& installation,
                                            const record::DatasetId& dataset) {
  return schema_objections(installation)(dataset);
}

}  // namespace sluice::installation
