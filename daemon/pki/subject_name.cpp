#include "pki/subject_name.h"

#include <cctype>
#include <charconv>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace sluice::pki {
namespace {

std::unexpected<PkiFailure> no_subject(const std::string& place, std::string sentence) {
  return std::unexpected(PkiFailure{PkiProblem::refused, place, std::move(sentence)});
}

// Cut at the commas that no backslash stands before.
std::vector<std::string_view> attributes_of(std::string_view text) {
  std::vector<std::string_view> attributes;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == ',') {
      attributes.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  attributes.push_back(text.substr(begin));
  return attributes;
}

// "\," and "\2C" stand for a comma.
std::string without_escapes(std::string_view value) {
  std::string plain;
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (value[at] != '\\' || at + 1 == value.size()) {
      plain.push_back(value[at]);
      continue;
    }
    const std::string_view pair = value.substr(at + 1, 2);
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(pair.data(), pair.data() + pair.size(), byte, 16);
    const bool is_pair = error == std::errc{} && pair.size() == 2 && end == pair.data() + 2;
    plain.push_back(is_pair ? static_cast<char>(byte) : value[at + 1]);
    at += is_pair ? 2 : 1;
  }
  return plain;
}

}  // namespace

Result<SubjectName> parse_subject(const std::string& text, const std::string& place) {
  SubjectName name(X509_NAME_new());
  const std::vector<std::string_view> attributes = attributes_of(text);
  // RFC 2253 writes the last one first.
  for (auto attribute = attributes.rbegin(); attribute != attributes.rend(); ++attribute) {
    const std::size_t equals = attribute->find('=');
    const std::string kind(attribute->substr(0, equals));
    const std::string value =
        equals == std::string_view::npos ? "" : without_escapes(attribute->substr(equals + 1));
    const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
    if (value.empty() || X509_NAME_add_entry_by_txt(name.get(), kind.c_str(), MBSTRING_UTF8, bytes,
                                                    static_cast<int>(value.size()), -1, 0) != 1) {
      static_cast<void>(record::openssl::last_error());
      return no_subject(place, fmt::format("found `{}` in the subject `{}`, expected an attribute "
                                           "such as CN=front-1, in an RFC 2253 name such as "
                                           "CN=front-1,O=Haidian",
                                           *attribute, text));
    }
  }
  // As it will be read out of the certificate, and compared.
  if (const std::string written = record::openssl::name_text(name.get()); written != text) {
    return no_subject(place, fmt::format("found the subject `{}`, which is read out of a "
                                         "certificate as `{}`: write it so",
                                         text, written));
  }
  return name;
}

std::string beside(const std::string& subject, const std::string& common_name) {
  const std::size_t first = attributes_of(subject).front().size();
  return "CN=" + common_name + subject.substr(first);
}

}  // namespace sluice::pki
