#include "adapters/direct/idempotency.h"

#include <utility>

#include <boost/json.hpp>

namespace sluice::adapters::direct {
namespace {

namespace json = boost::json;

bool is_visible_ascii(char c) {
  return c > ' ' && c < '\x7F';
}

// Each part with its length before it, so that no two calls are made of the same bytes.
void update(record::DigestStream& stream, std::string_view part) {
  stream.update(std::to_string(part.size()));
  stream.update(":");
  stream.update(part);
}

FailedRow failed_row(const json::value& value) {
  const json::array& row = value.as_array();
  const auto text = [&row](std::size_t i) { return std::string(row.at(i).as_string()); };
  return {row.at(0).to_number<std::uint64_t>(), text(1), text(2), text(3)};
}

}  // namespace

std::expected<std::string, record::Flaw> idempotency_key(std::string_view header) {
  const auto no_key = [] {
    return std::unexpected(record::Flaw{
        "the Idempotency-Key is not 1 to 255 visible ASCII characters, bare or in double "
        "quotes; send a UUID, for example"});
  };
  std::string key;
  const bool quoted = header.starts_with('"');
  if (quoted) {
    if (header.size() < 2 || !header.ends_with('"')) return no_key();
    header = header.substr(1, header.size() - 2);
  }
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (quoted && header[i] == '"') return no_key();
    if (quoted && header[i] == '\\') {
      ++i;  // RFC 8941 knows two escapes
      if (i == header.size() || (header[i] != '"' && header[i] != '\\')) return no_key();
    }
    if (!is_visible_ascii(header[i])) return no_key();
    key += header[i];
  }
  if (key.empty() || key.size() > max_idempotency_key_length) return no_key();
  return key;
}

RunningKeys::Hold::Hold(Hold&& other) noexcept
    : keys_(std::exchange(other.keys_, nullptr)), name_(std::move(other.name_)) {}

RunningKeys::Hold::~Hold() {
  if (keys_ == nullptr) return;
  const std::scoped_lock lock(keys_->mutex_);
  keys_->names_.erase(name_);
}

std::optional<RunningKeys::Hold> RunningKeys::try_hold(const record::BureauId& bureau,
                                                       const record::DatasetId& dataset,
                                                       std::string_view key) {
  std::string name = bureau.str() + '/' + cursor_key(dataset, key);
  const std::scoped_lock lock(mutex_);
  if (!names_.insert(name).second) return std::nullopt;
  return Hold(*this, std::move(name));
}

record::Digest fingerprint(const Call& call) {
  record::DigestStream stream;
  update(stream, to_string(call.media_type));
  if (call.media_type == MediaType::event_binary) {
    for (const auto& attribute : {call.event.specversion, call.event.type, call.event.id,
                                  call.event.source, call.event.time}) {
      update(stream, attribute.value_or(""));
    }
  }
  update(stream, call.body);
  return stream.finish();
}

std::string cursor_key(const record::DatasetId& dataset, std::string_view key) {
  return (dataset.str() + '/').append(key);
}

// [version, fingerprint, accepted, quarantined, [[row, field, rule, sentence], …]]
std::string encode(const RememberedCall& call) {
  json::array failed;
  for (const FailedRow& row : call.outcome.failed) {
    failed.push_back(json::array{row.row, row.field, row.rule, row.sentence});
  }
  return json::serialize(json::array{1, to_string(call.fingerprint), call.outcome.accepted,
                                     call.outcome.quarantined, std::move(failed)});
}

std::optional<RememberedCall> decode(std::string_view value) {
  try {
    const json::value parsed = json::parse(value);
    const json::array& parts = parsed.as_array();
    if (parts.size() != 5 || parts[0].to_number<int>() != 1) return std::nullopt;
    const auto digest = record::parse_digest(parts[1].as_string());
    if (!digest) return std::nullopt;
    RememberedCall call{*digest, {}};
    call.outcome.accepted = parts[2].to_number<std::uint64_t>();
    call.outcome.quarantined = parts[3].to_number<std::uint64_t>();
    for (const json::value& row : parts[4].as_array()) {
      call.outcome.failed.push_back(failed_row(row));
    }
    return call;
  } catch (const std::exception&) {
    return std::nullopt;  // Boost.JSON's way to say that a text or kind is another
  }
}

}  // namespace sluice::adapters::direct
