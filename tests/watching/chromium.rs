//! The page in a real Chromium.

use std::time::{Duration, Instant};

use crate::browser::{Between, Browser};
use crate::steady::{Steady, campaign};

const TICK: Duration = Duration::from_millis(20);

#[test]
fn needs_chromium_the_page_shows_the_campaign_and_comes_back() {
    let mut campaign = campaign(Steady::new(TICK, usize::MAX)).budget(100_000).serve_page("127.0.0.1:0");
    let running = campaign.start().expect("nothing is wrong");
    let between = Between::start(running.page().expect("it is served"));
    let mut page = Browser::open(&format!("http://{}/", between.address));
    page.wait_until("$('state').innerText === 'running' && $('results').innerText.includes('49')");
    for (id, words) in [
        ("thinker", &["Steady"][..]),
        ("tiles", &["/ 100,000", "since the launch", "elapsed", "in flight", "failed\n1"]),
        ("pools", &["unallocated", "of 2 slots busy", "no candidate", "Slot time so far"]),
        ("agents", &["send", "task submitter", "sleeps", "waits for results of `square`", "has ended"]),
        ("methods", &["square", "median run"]),
        ("results", &["{\"x\": 7}", "49"]),
        ("failures", &["refuse", "3 is <b>not</b> wanted"]),
    ] {
        for word in words {
            page.wait_until(&format!("$('{id}').innerText.includes({})", serde_json::json!(word)));
        }
    }

    page.click("pause");
    page.wait_until("$('state').innerText === 'paused' && $('pause').disabled");
    assert!(running.status().paused);
    page.wait_until("$('agents').innerText.includes('is paused')");
    page.click("resume");
    page.wait_until("$('state').innerText === 'running' && $('resume').disabled");
    assert!(!running.status().paused);

    between.cut(true);
    page.wait_until("$('state').innerText.includes('trying again')");
    let before = running.status().settled;
    between.cut(false);
    page.wait_until("$('state').innerText === 'running'");
    page.wait_until(&format!("parseInt($('tiles').querySelector('b').innerText.replace(/,/g, '')) >= {before}"));

    page.click("finish");
    page.wait_until("$('finish').innerText.includes('sure')");
    assert!(!running.done().is_set(), "one click ends nothing");
    page.click("finish");
    running.join().expect("nothing fails");
    page.wait_until("$('state').innerText.includes('trying again')");
}

/// `COLMENA_PAGE_RESULTS=100000` keeps it open for that many results.
#[test]
fn needs_chromium_a_page_that_stays_open_keeps_small_and_answers() {
    let results = std::env::var("COLMENA_PAGE_RESULTS").map_or(3_000, |n| n.parse().expect("it is a number"));
    let thinker = Steady::new(Duration::from_millis(1), results);
    let mut campaign = campaign(thinker).budget(results as u64).serve_page("127.0.0.1:0");
    let running = campaign.start().expect("nothing is wrong");
    let mut page = Browser::open(&format!("http://{}/", running.page().expect("it is served")));
    page.wait_until("$('results').innerText.includes('49')");
    running.join().expect("nothing fails");
    page.wait_until("$('state').innerText.includes('trying again')");
    let draw = |page: &mut Browser| {
        let asked = Instant::now();
        page.evaluate("new Promise(done => requestAnimationFrame(() => done(true)))");
        asked.elapsed()
    };
    // A page that is slow is slow each time.
    let answered = (0..5).map(|_| draw(&mut page)).min().expect("five");
    let memory = page.memory();
    println!("after {results} results: {} MB, drawn within {answered:?}", memory / 1_000_000);
    assert!((1..200_000_000).contains(&memory), "{memory} bytes");
    assert!(answered < Duration::from_secs(1), "{answered:?}");
}
