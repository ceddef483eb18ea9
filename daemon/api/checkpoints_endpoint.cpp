#include "api/checkpoints_endpoint.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace sluice::api {
namespace {

namespace asio = boost::asio;

// "1,5,9"; nothing: it is no list of these, or too long a one.
std::optional<std::vector<std::uint64_t>> checkpoint_numbers(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  const char* next = text.data();
  const char* const end = text.data() + text.size();
  while (true) {
    std::int64_t number = 0;
    const auto [stopped, error] = std::from_chars(next, end, number);
    if (error != std::errc() || number < 1) return std::nullopt;
    numbers.push_back(static_cast<std::uint64_t>(number));
    if (numbers.size() > exchange::most_numbers_asked) return std::nullopt;
    if (stopped == end) return numbers;
    if (*stopped != ',') return std::nullopt;
    next = stopped + 1;
  }
}

}  // namespace

std::vector<server::Route> CheckpointsEndpoint::routes() {
  return {{.method = server::Method::get,
           .path = "/v1/checkpoints/{bureau}/{line}/{numbers}",
           .content_types = {},
           .handler = [this](const server::Request& request) { return answer(request); },
           .admission =
               [this](const server::Request& request) {
                 return surroundings_.carriers.turn_away(request);
               }}};
}

asio::awaitable<server::Response> CheckpointsEndpoint::answer(const server::Request& request) {
  const record::BureauId bureau{std::string(request.parameter("bureau"))};
  const std::string line(request.parameter("line"));
  const auto numbers = checkpoint_numbers(request.parameter("numbers"));
  if (!record::is_checkpoint_line(line) || !numbers) {
    co_return refuse(BatchProblem::wrong_place,
                     fmt::format("a line of checkpoints is 16 hexadecimal digits, and behind it "
                                 "stand up to {} numbers from 1, with commas between them",
                                 exchange::most_numbers_asked));
  }
  using exchange::LineAnswer;
  const std::function<exchange::Result<LineAnswer>(exchange::Reception&)> ask =
      [&](exchange::Reception& reception) { return reception.checkpoints(line, *numbers); };
  const auto found = co_await surroundings_.lookups.run(bureau, ask);
  if (!found) co_return refuse(found.error());
  co_return server::Response{.content_type = "application/json", .body = exchange::to_json(*found)};
}

}  // namespace sluice::api
