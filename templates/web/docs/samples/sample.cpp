// C++17 with libcurl: c++ -std=c++17 laurel.cpp -lcurl
#include <curl/curl.h>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

static size_t append(char* data, size_t size, size_t count, void* text) {
    static_cast<std::string*>(text)->append(data, size * count);
    return size * count;
}

// Returns the answer's JSON. Repeats are harmless, so what may succeed later is tried again.
std::string post(const std::string& token, const std::string& path, const std::string& body, int attempts = 5) {
    for (int attempt = 1;; attempt++) {
        CURL* curl = curl_easy_init();
        std::string answer;
        curl_slist* headers = curl_slist_append(nullptr, ("Authorization: Bearer " + token).c_str());
        headers = curl_slist_append(headers, "Content-Type: application/json");
        curl_easy_setopt(curl, CURLOPT_URL, ("{{ api }}" + path).c_str());
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
        const CURLcode sent = curl_easy_perform(curl);
        long status = 0;
        curl_off_t wait = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
        curl_slist_free_all(headers);
        curl_easy_cleanup(curl);
        if (sent == CURLE_OK && status >= 200 && status < 300) return answer;
        const bool may_succeed_later = sent != CURLE_OK || status == 408 || status == 429 || status == 503;
        if (!may_succeed_later || attempt == attempts) throw std::runtime_error(answer);
        std::this_thread::sleep_for(std::chrono::seconds(wait > 0 ? wait : attempt));
    }
}

int main(int, char** arguments) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    std::cout << post(arguments[1], "/achievements/unlock", R"({"achievement_id": "ACH_FIRST_LIGHT"})") << "\n";
}
