#include "settings/link_reader.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "settings/quantity.h"
#include "settings/signer_reader.h"

namespace sluice::settings {
namespace {

constexpr std::string_view scheme = "https://";
constexpr const char* an_address = "https://HOST:PORT";

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

// Nothing: it is not as an_address says; an IPv6 address stands in brackets.
std::optional<link::Uplink::Address> parse_address(std::string_view text) {
  if (!text.starts_with(scheme)) return std::nullopt;
  text.remove_prefix(scheme.size());
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_count(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool good = std::ranges::all_of(
      host, [&](char c) { return is_host_character(c) || (bracketed && c == ':'); });
  if (!port || *port == 0 || *port > 65535 || host.empty() || !good) return std::nullopt;
  return link::Uplink::Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

void read_addresses(Section& section, link::Uplink& uplink) {
  const auto texts = section.texts("addresses");
  for (const std::string& text : texts) {
    if (auto address = parse_address(text)) {
      uplink.addresses.push_back(std::move(*address));
    } else {
      section.complain("addresses", in_quotes(text), an_address);
    }
  }
  if (texts.empty()) section.complain("addresses", "no address", an_address);
}

CarryingNode read_node(const Value& item, Complaints& complaints) {
  CarryingNode node;
  Section section(item, complaints);
  node.name = record::NodeId(section.required_name("name"));
  node.signers = required_signers(section, "certificate_subject", "CN=center,O=Haidian");
  for (const std::string& bureau : section.texts("bureaus"))
    node.bureaus.emplace(bureau);
  if (node.bureaus.empty()) section.complain("bureaus", "no bureau", "a list of bureaus");
  section.finish();
  return node;
}

// What another node's or a bureau's entry has already; `seen` is told of each.
template <class Key>
void must_be_new(std::map<Key, std::string>& seen, const Key& key, const std::string& owner,
                 const std::string& text, Place place, Complaints& complaints) {
  const auto [known, is_new] = seen.try_emplace(key, owner);
  if (is_new || text.empty()) return;
  complaints.add(place, in_quotes(text), fmt::format("another one: {} has this", known->second));
}

}  // namespace

link::Uplink read_uplink(Section section) {
  constexpr std::uint64_t most_in_flight = 64;
  link::Uplink uplink;
  read_addresses(section, uplink);
  uplink.center_signers =
      record::Signers(read_signers(section, "center_subject", "CN=center,O=Haidian"));
  if (!section.has("center_subject")) {
    section.complain("center_subject", "no `center_subject`",
                     "the subject of the certificate that the center signs receipts with");
  }
  if (const auto count = section.count("in_flight", 1, most_in_flight)) {
    uplink.in_flight = static_cast<std::size_t>(*count);
  }
  uplink.bandwidth = section.bytes("bandwidth");
  uplink.connect_timeout = section.duration("connect_timeout").value_or(uplink.connect_timeout);
  uplink.answer_timeout = section.duration("answer_timeout").value_or(uplink.answer_timeout);
  uplink.ask_every = section.duration("ask_every").value_or(uplink.ask_every);
  section.finish();
  return uplink;
}

std::vector<CarryingNode> read_nodes(Section& root) {
  std::vector<CarryingNode> nodes;
  for (const Value& item : root.list("nodes"))
    nodes.push_back(read_node(item, root.complaints()));
  return nodes;
}

void check_nodes(const Value& document, const Node& node, const Bureaus& bureaus,
                 Complaints& complaints) {
  Section root(document, complaints);
  const auto items = root.list("nodes");
  if (items.empty()) return;
  if (!node.listen) {
    root.complain("nodes", "`nodes`", "a section `listen`, without which none can bring anything,");
  }
  if (!node.store) {
    root.complain("nodes", "`nodes`", "a section `store`, where their batches go,");
  }
  std::map<std::string, std::string> names;
  std::map<std::string, std::string> subjects;
  std::map<record::BureauId, std::string> carried;
  for (const auto& [id, bureau] : bureaus) {
    for (const record::SignerName& name : bureau.signers.names())
      subjects.emplace(name.subject, "bureau " + id.str());
  }
  for (std::size_t i = 0; i < items.size() && i < node.nodes.size(); ++i) {
    const CarryingNode& entry = node.nodes[i];
    Section section(items[i], complaints);
    const std::string owner = "node " + entry.name.str();
    must_be_new(names, entry.name.str(), owner, entry.name.str(), section.place_of("name"),
                complaints);
    std::set<std::string> own;  // one name by several authorities, or at several times
    for (const record::SignerName& name : entry.signers.names()) {
      if (!own.insert(name.subject).second) continue;
      must_be_new(subjects, name.subject, owner, name.subject,
                  section.place_of("certificate_subject"), complaints);
    }
    for (const record::BureauId& bureau : entry.bureaus) {
      must_be_new(carried, bureau, owner, bureau.str(), section.place_of("bureaus"), complaints);
      if (bureaus.contains(bureau)) continue;
      section.complain("bureaus", in_quotes(bureau.str()),
                       "bureaus that have a file in the directory of bureaus");
    }
  }
}

}  // namespace sluice::settings
