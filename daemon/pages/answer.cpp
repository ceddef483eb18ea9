#include "pages/answer.h"

#include <algorithm>
#include <utility>

#include "pages/view/gzip.h"
#include "server/ascii.h"

namespace sluice::pages {
namespace {

// Below this a packet is a packet.
constexpr std::size_t worth_compressing = 1024;

constexpr std::string_view content_security_policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t'))
    text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t'))
    text.remove_suffix(1);
  return text;
}

// "q=0", "q=0.0" …: not taken.
bool is_refused(std::string_view weight) {
  return weight.starts_with("q=0") && weight.find_first_not_of("0.", 3) == std::string_view::npos;
}

}  // namespace

void secure(server::Response& response) {
  const auto say = [&](std::string_view name, std::string_view value) {
    response.headers.emplace_back(name, value);
  };
  say("Content-Security-Policy", content_security_policy);
  say("X-Frame-Options", "DENY");
  say("X-Content-Type-Options", "nosniff");
  say("Referrer-Policy", "no-referrer");
  say("Cross-Origin-Opener-Policy", "same-origin");
  say("Cross-Origin-Resource-Policy", "same-origin");
  say("Cache-Control", "no-store");
}

bool takes_gzip(const server::Request& request) {
  std::string_view left = request.header("accept-encoding").value_or("");
  while (!left.empty()) {
    std::string_view weight = server::take_piece(left, ',');
    const std::string_view coding = server::take_piece(weight, ';');
    if (server::same_but_case(trimmed(coding), "gzip")) return !is_refused(trimmed(weight));
  }
  return false;
}

server::Response document(const server::Request& request, std::string html, unsigned status) {
  server::Response response{.status = status,
                            .content_type = "text/html; charset=utf-8",
                            .body = std::move(html),
                            .headers = {}};
  if (response.body.size() >= worth_compressing && takes_gzip(request)) {
    response.body = gzip(response.body);
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  secure(response);
  return response;
}

server::Response redirection(std::string path) {
  server::Response response{.status = 303, .content_type = {}, .body = {}, .headers = {}};
  response.headers.emplace_back("Location", std::move(path));
  secure(response);
  return response;
}

bool is_local_path(std::string_view path) {
  constexpr std::size_t longest = 512;
  const auto is_harmless = [](char c) {
    return server::is_letter(c) || server::is_digit(c) ||
           std::string_view("/-._~?=&%+,:").contains(c);
  };
  return path.size() <= longest && path.starts_with('/') && !path.starts_with("//") &&
         std::ranges::all_of(path, is_harmless);
}

}  // namespace sluice::pages
