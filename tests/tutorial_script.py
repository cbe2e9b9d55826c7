"""A requester's first program, as MTurk tutorials have it: publish a question, wait, read the answers, approve.

It knows nothing of crowdbroker. Endpoint and keys come from the environment alone.
"""

import sys
import time
import xml.etree.ElementTree as ET

import boto3

QUESTION = """<?xml version="1.0" encoding="UTF-8"?>
<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd">
<HTMLContent><![CDATA[<!DOCTYPE html>
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8"/>
<script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js" type="text/javascript"></script>
</head>
<body>
<form name="mturk_form" method="post" id="mturk_form" action="https://www.mturk.com/mturk/externalSubmit">
<input type="hidden" value="" name="assignmentId" id="assignmentId"/>
<h1>What's up?</h1>
<p><textarea name="comment" cols="80" rows="3"></textarea></p>
<p><input type="submit" id="submitButton" value="Submit"/></p>
</form>
<script language="Javascript">turkSetAssignmentID();</script>
</body>
</html>]]></HTMLContent>
<FrameHeight>450</FrameHeight>
</HTMLQuestion>"""

mturk = boto3.client("mturk", region_name="us-east-1")
print("I have $" + mturk.get_account_balance()["AvailableBalance"], flush=True)

new_hit = mturk.create_hit(
    Title="Is this Tweet happy, angry, excited, scared, annoyed or upset?",
    Description="Read this tweet and type out one word to describe the emotion of the person posting it.",
    Keywords="text, quick, labeling",
    Reward="0.15",
    MaxAssignments=1,
    LifetimeInSeconds=172800,
    AssignmentDurationInSeconds=600,
    AutoApprovalDelayInSeconds=14400,
    Question=QUESTION,
)
hit_id = new_hit["HIT"]["HITId"]
print("A new HIT has been created: " + hit_id, flush=True)

for _ in range(int(sys.argv[1])):
    worker_results = mturk.list_assignments_for_hit(HITId=hit_id, AssignmentStatuses=["Submitted"])
    if worker_results["NumResults"] > 0:
        break
    time.sleep(0.2)
else:
    sys.exit("No results ready yet")

for assignment in worker_results["Assignments"]:
    answers = ET.fromstring(assignment["Answer"])
    namespace = {"a": answers.tag[1:].partition("}")[0]}
    for answer in answers.findall("a:Answer", namespace):
        field = answer.find("a:QuestionIdentifier", namespace).text
        text = answer.find("a:FreeText", namespace).text
        print(f"{assignment['WorkerId']} answered {field}: {text}", flush=True)
    mturk.approve_assignment(AssignmentId=assignment["AssignmentId"], RequesterFeedback="Thank you!")

mturk.send_bonus(
    WorkerId=worker_results["Assignments"][0]["WorkerId"],
    AssignmentId=worker_results["Assignments"][0]["AssignmentId"],
    BonusAmount="0.05",
    Reason="Quick and careful.",
    UniqueRequestToken="tutorial-bonus",
)
mturk.update_expiration_for_hit(HITId=hit_id, ExpireAt=0)
mturk.delete_hit(HITId=hit_id)
print("Status: " + mturk.get_hit(HITId=hit_id)["HIT"]["HITStatus"], flush=True)
