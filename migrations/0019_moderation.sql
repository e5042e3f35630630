alter table conversation validate constraint conversation_receipts;
