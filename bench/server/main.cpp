#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include <iostream>

#include "bench/server/paced_client.hpp"

namespace {

using sluice::bench::paced_load;

double milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

std::string request_of(const paced_load& load, const std::string& path, const std::string& body) {
  auto text = (body.empty() ? "GET " : "POST ") + path + " HTTP/1.1\r\nHost: " + load.host + "\r\n";
  if (!body.empty())
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

} // namespace

/// Sends a paced load to a server and prints what came of it, as JSON.
int main(int argc, char** argv) {
  paced_load load;
  std::vector<std::string> paths;
  std::string body;
  double seconds = 10;
  CLI::App app("Sends requests at an even pace, whatever the server does");
  app.add_option("--port", load.port)->required();
  app.add_option("--path", paths, "Sent in turn")->required();
  app.add_option("--body", body, "JSON; makes it POST");
  app.add_option("--rate", load.rate, "Requests a second")->check(CLI::PositiveNumber);
  app.add_option("--seconds", seconds)->check(CLI::PositiveNumber);
  app.add_option("--connections", load.connections)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  load.time = std::chrono::duration<double>(seconds);
  for (const auto& path : paths)
    load.requests.push_back(request_of(load, path, body));
  try {
    const auto found = sluice::bench::run_paced(load);
    std::cout << nlohmann::ordered_json{{"answered", found.answered},
                                        {"refused", found.refused},
                                        {"broken", found.broken},
                                        {"missed", found.missed},
                                        {"seconds", found.seconds},
                                        {"p50_ms", milliseconds(found.p50)},
                                        {"p99_ms", milliseconds(found.p99)},
                                        {"longest_ms", milliseconds(found.longest)}}
                     .dump()
              << '\n';
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << "bench_server: " << failed.what() << '\n';
    return 1;
  }
}
