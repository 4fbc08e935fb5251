"""English words so common that a title made of nothing else needs further evidence before it counts as named."""

from __future__ import annotations

PRONOUNS = frozenset(
    """
    i me my mine you your yours he him his she her hers it its we us our ours they them their theirs this that these
    those one ones who what which whom everything anything something nothing everyone anyone someone nobody here there
    """.split()
)

COMMON = PRONOUNS | frozenset(
    """
    a able about above action actor actors actress actually afraid after again against ago agree ah alike all almost
    alone along already alright also although always am amazing an and animated another answer any anymore anyway apart
    are aren around as ask asked at available average avoid away awesome awful baby back bad based be beautiful became
    because become been before begin being believe besides best better between big bit bored boring both boy bring but
    by bye call called came can cannot cant care case cast catch certain chance change check cheers child children
    choice choose classic clear close come comedies comedy coming completely cool could couldnt country couple course
    american british chat chill choice closer college concert control cop cops cowboy crash crime detective disaster
    dogs dragon falls family favor flight french friday game games german gift girl girls ghost ghosts guys hero heroes
    hidden hole holiday holidays hotel hunter island italian japanese joke junior killer king korean law legend letters
    lion luck mask model money monster moving murder murders neighbors paper party passengers pieces police prey promise
    race rent rest revenge road robot rock sabotage sing sister sisters space speed spy stars stories story stranger
    strangers summer tag teacher trip vacation valentine wanted warrior wedding winter witch wizard remember remembered
    crazy cute dad dark date day days dead deal decent deep definitely depends did didnt die different director dislike
    disliked do documentary does doesnt dog doing done dont double down drama dramas dumb each earlier early easy eat
    eight either else end ended ending enjoy enjoyed enough epic especially even evening ever every exactly example
    excellent except exciting excited extra eye face fact family famous fan fantastic fantasy far fast favorite
    favorites favourite favourites feel feeling felt few film films final finally find fine first five flick flicks for
    forever forget forgot forward found four free fresh friday friend friends from full fun funny further gave general
    genre genres get gets getting girl girls give given glad go goes going gone gonna good goodbye got gotten great
    greetings group grown guess guy guys had half hand happen happened happy hard has hate hated hates have havent
    having head hear heard hello help hey hi high hilarious history hit hmm home hope horrible horror hour hours house
    how however huh hundred husband idea if ill im in included indeed inside instead interested interesting into is isnt
    issue item ive job just keep kid kids kill kind kinda knew know known lame large last late lately later laugh least
    leave left less let lets life light like liked likes line list listen little live lol long longer look looked
    looking looks lost lot lots love loved lovely loves loving low lucky mad made main make makes making man many matter
    may maybe mean means men mention might mind minute minutes moment mom mood more morning most mostly mother move
    movie movies much music musical must name need needs never new newer next nice night no nobody none nope nor normal
    not note now number of off oh ok okay old older on once only open opinion opposite or original other others out
    outside over own part particular party past people perfect perhaps person pick place plan play please plot plus
    point popular possible prefer pretty probably problem put question quick quite random rather read ready real really
    reason recent recently recommend recommendation recommendations recommended reminds right romance romantic room rom
    run sad said same saturday save saw say says scary scene school scifi second see seeing seem seems seen series
    serious set seven several shall short shorter should show showed shows sick similar simple since single sister six
    slow small so some sometimes somewhat son song soon sorry sort sound sounds special specific star stars start
    started stay still stop story strange stuff stupid style such suck sucks suggest suggested suggestion suggestions
    sunday super superhero sure surprise take taken talk taste team tell ten tense terrible than thank thanks thats the
    then thing things think third thinking though thought thoughts thousand three thriller thrillers through thx till
    time times tired title to today together told tomorrow tonight too took top totally touch town tried true truly try
    trying turn tv twice two type types ugh uh um uncle under understand unless until up upon usually very war was wasnt
    watch watched watching way weekend weird welcome well went were western whatever when where while white whole why
    wife will wish with within without woman women wonder wonderful wont word work works world worse worst worth would
    stand previous weather instruction instructions drop table ignore tense violent dark light drive call runtime
    fans safe somewhere dig adventure adventures corner audience bet line
    director length rating ratings channel server bot message messages bye
    wouldnt wow write wrong yea yeah year years yep yes yesterday yet young zero
    """.split()
)
