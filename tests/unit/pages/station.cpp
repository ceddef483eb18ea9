#include "station.h"

#include <stdexcept>
#include <utility>

#include "server/ascii.h"

namespace sluice::pages::test {

std::unique_ptr<installation::Installation> Station::load() {
  authority_.issue("node");
  authority_.write_revocations();
  std::filesystem::create_directories(directory_ / "config/bureaus");
  std::filesystem::create_directories(directory_ / "config/schemas");
  const std::string here = directory_.path().string();
  file("node.yaml") << "node: {name: center, state_directory: " << here
                    << "/state, control_socket: " << here << "/control.socket}\n"
                    << "identity: {certificate: " << here << "/node.pem, key: " << here
                    << "/node.key, authorities: " << authority_.authorities().string()
                    << ", revocations: " << authority_.revocations().string() << "}\n"
                    << "listen: {address: 127.0.0.1, port: 0}\nstore: {kind: sqlite}\n"
                    << "nodes: [{name: edge-1, certificate_subject: \"CN=edge-1\", "
                    << "bureaus: [levy]}]\n";
  for (const std::string bureau : {"park", "quality", "levy"}) {
    const bool is_keyed_here = bureau != "levy";
    file("bureaus/" + bureau + ".yaml")
        << "bureau: " << bureau << "\nname: The " << bureau
        << "\ncertificate_subject: \"CN=" << bureau
        << ",O=Sluice development\"\nchannels: {direct: {}"
        << (is_keyed_here ? ", manual-entry: {}" : "") << "}\npublishes:\n"
        << "  - dataset: " << bureau << "-register\n    channels: [direct"
        << (is_keyed_here ? ", manual-entry" : "") << "]\n";
    // What park's clerks key may be known to quality; the secret is keyed twice.
    const bool is_park = bureau == "park";
    file("schemas/" + bureau + "-register.json")
        << R"({"sluice:dataset": {"owner": ")" << bureau << R"(", "title": "The )" << bureau
        << R"( register"},)"
        << R"("fields": [{"name": "number", "type": "string", "constraints": {"required": true,)"
        << R"("maxLength": 5}}, {"name": "title", "type": "string")"
        << (is_park ? R"(, "sluice:verify": "sight", "sluice:prefill": "quality-register.title")"
                    : "")
        << R"(}, {"name": "secret", "type": "string")"
        << (is_park ? R"(, "sluice:verify": "blind", "sluice:prefill": "quality-register.secret")"
                    : "")
        << R"(}], "primaryKey": "number"})";
  }
  auto loaded = installation::load_installation(directory_ / "config");
  if (!loaded) throw std::runtime_error(loaded.error().lines.at(0));
  return std::move(*loaded);
}

Station::Station() {
  scheduler_ = std::make_unique<runs::Scheduler>(
      runs::Scheduler::Surroundings{.command = "/bin/false",
                                    .configuration = directory_ / "config",
                                    .history = installation_->paths.run_history(),
                                    .log = log_,
                                    .metrics = metrics_,
                                    .clock = [] { return schedule::Moment(); },
                                    .chance = [] { return 0.0; }});
  const auto open_people = [this]() -> people::Result<std::unique_ptr<people::People>> {
    if (are_people_away) {
      return std::unexpected(
          people::PeopleFailure{people::PeopleProblem::unavailable, "people", "no connection"});
    }
    return installation::open_people(installation_->settings);
  };
  people_ = open_people().value();
  EXPECT_TRUE(desks_.open({record::BureauId("park")}, {*installation_, log_, running_drafts_, {}}));
  site_.emplace(Surroundings{
      .installation = *installation_,
      .policy = policy_,
      .audit = audit_,
      .denials = *denials_,
      .log = log_,
      .scheduler = *scheduler_,
      .status =
          [this] {
            return api::NodeStatus{.name = record::NodeId("center"), .started_at = now, .now = now};
          },
      .open_people = open_people,
      .open_kept_reports =
          [this] { return installation::open_kept_reports(installation_->settings); },
      .clock = [this] { return now; },
      .sessions = {},
      .sign_in_attempts = sign_in_attempts_,
      .time_zone = "Asia/Shanghai",
      .desks = desks_.all(),
      .code_tables = desks_.tables(),
      .open_tasks = [this] { return installation::open_tasks(installation_->settings); },
      .open_store = [this]() -> store::Result<std::unique_ptr<store::Store>> {
        if (is_store_away) {
          return std::unexpected(
              store::StoreFailure{store::StoreProblem::unavailable, "store", "no connection"});
        }
        return installation_->open_store_to_look_up();
      },
      .csv = *this});
  site_->begin();
  router_.emplace(site_->routes());
}

people::Account Station::add(const std::string& name, std::set<people::Role> roles,
                             const std::string& bureau, bool must_change_password) {
  static const people::PasswordHash hash = people::hash_password(password).value();
  people::Account account{.name = people::parse_account_name(name).value(),
                          .display_name = name,
                          .assignment = {std::move(roles), std::nullopt},
                          .must_change_password = must_change_password,
                          .password = hash};
  if (!bureau.empty()) account.assignment.bureau = record::BureauId(bureau);
  return people_->add(account).value();
}

tasks::TaskId Station::add_task() {
  const tasks::NewTask asked{.bureau = record::BureauId("park"),
                             .dataset = record::DatasetId("park-register"),
                             .title = "HD-1",
                             .origin_text = {},
                             .due = std::nullopt};
  const auto queue = installation::open_tasks(installation_->settings).value();
  return queue->add(std::span(&asked, 1), std::nullopt, now).value().front().id;
}

tasks::TaskId Station::deliver(const std::string& values, const std::string& key,
                               const std::string& bureau) {
  const std::string name = "quality-register.1790000000000." + std::to_string(++deliveries_);
  const auto queue = installation::open_tasks(installation_->settings).value();
  const tasks::NewDelivery delivery{
      .name = name,
      .agreement = "海数协〔2026〕1号",
      .bureau = record::BureauId(bureau),
      .dataset = record::DatasetId("quality-register"),
      .content = name,
      .records = {{.title = "HD-2", .record_key = key.empty() ? name : key, .values = values}}};
  return queue->hand_over(delivery, now).value().front().id;
}

std::string Station::session_of(const people::Account& account) {
  return people_->sessions()
      .begin(account, people::SignInWay::password, {}, now)
      .value()
      .token.secret();
}

std::string Browser::form_token(const std::string& page) {
  constexpr std::string_view before = "name=\"csrf\" value=\"";
  const std::size_t at = page.find(before);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + before.size();
  return page.substr(begin, page.find('"', begin) - begin);
}

Browser::Answer Browser::post(const std::string& target, std::string form) {
  if (!form.contains("csrf=")) {
    const bool is_in = cookies.contains(std::string(session_cookie));
    const std::string page = get(is_in ? "/password" : "/sign-in").body;
    form += (form.empty() ? "csrf=" : "&csrf=") + form_token(page);
  }
  return ask(server::Method::post, target, form);
}

Browser::Answer Browser::post_file(const std::string& target, std::string_view form,
                                   std::string_view file) {
  const bool is_in = cookies.contains(std::string(session_cookie));
  std::string body;
  const auto add = [&](std::string_view name, std::string_view text) {
    body.append("--x\r\nContent-Disposition: form-data; name=\"").append(name);
    body.append("\"\r\n\r\n").append(text).append("\r\n");
  };
  add("csrf", form_token(get(is_in ? "/password" : "/sign-in").body));
  while (!form.empty()) {
    std::string_view value = server::take_piece(form, '&');
    const std::string_view name = server::take_piece(value, '=');
    add(name, value);
  }
  add("file\"; filename=\"sheet.csv", file);
  headers["Content-Type"] = "multipart/form-data; boundary=x";
  Answer answer = ask(server::Method::post, target, body + "--x--\r\n");
  headers.erase("Content-Type");
  return answer;
}

Browser::Answer Browser::ask(server::Method method, const std::string& target,
                             const std::string& body) {
  std::string sent;
  for (const auto& [name, value] : cookies)
    sent += (sent.empty() ? "" : "; ") + name + "=" + value;
  std::vector<server::HeaderField> fields{{"Cookie", sent}};
  for (const auto& [name, value] : headers)
    fields.push_back({name, value});
  const std::size_t question = std::min(target.find('?'), target.size());
  const std::string path = target.substr(0, question);
  const std::string query = target.substr(std::min(question + 1, target.size()));
  server::Request request{.method = method,
                          .path = path,
                          .query = query,
                          .headers = fields,
                          .body = body,
                          .peer = peer_};
  const auto route = station_.router().find(method, path, request.parameters);
  if (!route) return {.status = server::text_of(route.error().refusal).status};
  boost::asio::io_context context;
  server::Response response;
  boost::asio::co_spawn(context, (*route)->handler(request),
                        [&](const std::exception_ptr& thrown, server::Response answered) {
                          EXPECT_FALSE(thrown) << target;
                          response = std::move(answered);
                        });
  context.run();
  Answer answer{.status = response.status, .body = response.body};
  for (const auto& [name, value] : response.headers) {
    answer.headers.emplace(name, value);
    if (name != "Set-Cookie") continue;
    const std::size_t equals = value.find('=');
    const std::string cookie = value.substr(0, equals);
    cookies[cookie] = value.substr(equals + 1, value.find(';') - equals - 1);
    if (value.contains("Max-Age=0")) cookies.erase(cookie);
  }
  return answer;
}

}  // namespace sluice::pages::test
